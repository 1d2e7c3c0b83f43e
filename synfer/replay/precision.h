// The numbers in which blocks of columns are replayed. Single precision halves what a block moves and doubles
// what a vector holds; losses and gradients are then good to about six digits.
#pragma once

namespace synfer {

enum class Precision { kDouble, kSingle };

}  // namespace synfer

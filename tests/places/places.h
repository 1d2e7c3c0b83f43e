// Where the tests find the source, the data beside it and the built program. In a file of its own, so that
// what is compiled in one clone need not be compiled again in another (ccache).
#pragma once

#include <string>

namespace synfer::for_test {

extern const std::string kSourceFolder;
extern const std::string kSharedFolder;  // recorded data and exact answers, which may be absent
extern const std::string kProgram;

}  // namespace synfer::for_test

#include "synfer/model/column_rule.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/column_rule.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/column_passes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

struct OneChangeKernel {
  OneChangeAtATime& rule;

  static ColumnChange change_of(const Stretch& s, std::size_t n, const double* w) {
    const ColumnRun& run = s.runs[n];
    return {{s.x + run.learned * s.inputs, s.inputs},
            {s.y + run.learned * s.columns, s.columns},
            run.r,
            s.eta,
            w};
  }

  void begin(const Stretch& /*s*/) {}
  void end_back(const Stretch& /*s*/) {}

  template <class D>
  void change(D /*d*/, const Stretch& s, std::size_t n, const double* w, double* after) {
    rule.change(change_of(s, n, w), after);
  }
  template <class D>
  void pull_back(D d, const Stretch& s, std::size_t n, const double* w, const Owed<double>& owed,
                 double* w_bar, double* y_bar) {
    add_owed(d, s, owed, w_bar);
    rule.pull_back(change_of(s, n, w), w_bar, y_bar);
  }
};

void OneByOneForward(OneChangeAtATime& rule, const Stretch& stretch, bool responds) {
  OneChangeKernel kernel{rule};
  Forward{stretch, responds}(kernel);
}

void OneByOneBackward(OneChangeAtATime& rule, const Stretch& stretch, double* y_bar, double* w_bar) {
  OneChangeKernel kernel{rule};
  Backward{stretch, y_bar, w_bar}(kernel);
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(OneByOneForward);
HWY_EXPORT(OneByOneBackward);

template <typename Number>
void ColumnRuleOf<Number>::change(const ColumnChangeOf<Number>& at, Number* w_after) {
  std::copy_n(at.w, at.x.size() * at.y.size(), w_after);
  const ColumnRun run{.first = 0, .end = 1, .learned = 0, .r = at.r, .learns = true};
  // redo() only reads y.
  auto* y = const_cast<Number*>(at.y.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  redo({{&run, 1}, {}, at.eta, at.x.size(), at.y.size(), at.x.data(), y, nullptr, w_after, 0});
}

template class ColumnRuleOf<double>;
template class ColumnRuleOf<float>;

void OneChangeAtATime::forward(const Stretch& stretch) {
  HWY_DYNAMIC_DISPATCH(OneByOneForward)(*this, stretch, true);
}

void OneChangeAtATime::redo(const Stretch& stretch) {
  HWY_DYNAMIC_DISPATCH(OneByOneForward)(*this, stretch, false);
}

void OneChangeAtATime::backward(const Stretch& stretch, double* y_bar, double* w_bar) {
  HWY_DYNAMIC_DISPATCH(OneByOneBackward)(*this, stretch, y_bar, w_bar);
}

}  // namespace synfer
#endif

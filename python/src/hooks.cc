#include "hooks.h"

namespace synfer::python {
namespace {

constexpr std::chrono::milliseconds kPause(50);

}  // namespace

AnalysisHooks Hooks::hooks(const std::string& phase, int starts) {
  AnalysisHooks hooks;
  hooks.during.interrupted = [this] { return interrupted(); };
  hooks.during.after_size = [this](std::size_t terms, int most, double value) {
    tell("terms", static_cast<long>(terms), most, value);
  };
  hooks.during.after_step = [this, phase, starts](const FitProgress& at, long total) {
    if (at.current)
      tell(phase, static_cast<long>(at.start) * total + at.current->done, total * starts, at.current->loss);
  };
  hooks.after_fold = [this](long done, long total, double loss) { tell("folds", done, total, loss); };
  return hooks;
}

DesignHooks Hooks::design_hooks() {
  DesignHooks hooks;
  hooks.interrupted = [this] { return interrupted(); };
  hooks.after_experiment = [this](long done, long total) { tell("experiments", done, total, 0.0); };
  return hooks;
}

StructureHooks Hooks::structure_hooks() {
  StructureHooks hooks;
  hooks.interrupted = [this] { return interrupted(); };
  hooks.after = [this](long done, long total) { tell("structures", done, total, 0.0); };
  return hooks;
}

bool Hooks::interrupted() {
  if (stopped_ || std::this_thread::get_id() != caller_) return stopped_;
  if (Clock::now() - asked_ < kPause) return false;
  asked_ = Clock::now();
  const nb::gil_scoped_acquire python;
  if (PyErr_CheckSignals() == 0) return false;
  raised_ = std::make_exception_ptr(nb::python_error());
  stopped_ = true;
  return true;
}

void Hooks::tell(const std::string& phase, long done, long total, double value) {
  if (report_.is_none() || stopped_) return;
  const bool last = done == total;
  if (!last && Clock::now() - told_ < kPause) return;
  told_ = Clock::now();
  const nb::gil_scoped_acquire python;
  try {
    report_(phase.c_str(), done, total, value);
  } catch (nb::python_error&) {
    raised_ = std::current_exception();
    stopped_ = true;
  }
}

}  // namespace synfer::python

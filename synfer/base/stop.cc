#include "synfer/base/stop.h"

#include <utility>

namespace synfer {
namespace {

thread_local const StopAsked* t_asked = nullptr;

}  // namespace

StopScope::StopScope(const StopAsked* asked) : before_(std::exchange(t_asked, asked)) {}
StopScope::~StopScope() { t_asked = before_; }
const StopAsked* StopScope::current() { return t_asked; }

void stop_if_asked() {
  if (t_asked != nullptr && (*t_asked)()) throw Stopped{};
}

}  // namespace synfer

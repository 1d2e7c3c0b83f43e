#include "synfer/run/state_saver.h"

#include "synfer/base/error.h"
#include "synfer/base/stop.h"

namespace synfer {

bool StateSaver::is_due() const {
  return std::chrono::duration<double>(Clock::now() - saved_).count() >= seconds_;
}

void StateSaver::save(RunFolder& folder, const RunProgress& progress) {
  saved_ = Clock::now();
  const StopScope whole(nullptr);  // of work that is to end too
  try {
    folder.write(kCheckpointFile, to_checkpoint(progress, run_));
    folder.stay();
  } catch (const OutputError& error) {
    if (told_.insert(error.what()).second) warn_(error.what());
  }
}

}  // namespace synfer

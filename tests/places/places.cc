#include "places.h"

namespace synfer::for_test {

const std::string kSourceFolder = SYNFER_SOURCE;
const std::string kSharedFolder = SYNFER_SOURCE "/../shared";
const std::string kProgram = SYNFER_PROGRAM;

}  // namespace synfer::for_test

// A setting as the command line gives it, key=value.
#include "fuzz.h"
#include "synfer/settings/yaml_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] { ConfigurationReader().override_with(std::string(text_of(data, size))); });
  return 0;
}

// Settings in YAML, with what checks them together.
#include "fuzz.h"
#include "synfer/settings/yaml_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace synfer;
  using namespace synfer::fuzz;
  reads_or_refuses([&] {
    ConfigurationReader reader;
    reader.read_text(std::string(text_of(data, size)), "c.yaml");
    for (const DataOrigin origin : {DataOrigin::simulated, DataOrigin::recorded})
      validate(reader.configuration(), origin, reader.set_keys());
  });
  return 0;
}

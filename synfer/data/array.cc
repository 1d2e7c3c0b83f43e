#include "synfer/data/array.h"

#include <algorithm>

namespace synfer {
namespace {

// Where each value in C order lies in Fortran order.
std::vector<std::size_t> fortran_places(const std::vector<std::size_t>& shape, std::size_t values) {
  std::vector<std::size_t> places(values);
  for (std::size_t place = 0; place < values; ++place) {
    std::size_t rest = place;
    std::size_t at = 0;
    std::size_t stride = values;
    for (const std::size_t length : shape) {
      stride /= length;
      at += rest % length * stride;
      rest /= length;
    }
    places[at] = place;
  }
  return places;
}

template <typename T>
void gather(std::vector<T>& values, const std::vector<std::size_t>& places) {
  const std::vector<T> before = values;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = before[places[i]];
}

}  // namespace

void to_c_order(Array& array) {
  if (array.shape.size() < 2) return;
  const auto places = fortran_places(array.shape, std::max(array.numbers.size(), array.text.size()));
  gather(array.numbers, places);
  gather(array.text, places);
}

std::vector<double> in_fortran_order(const Array& array) {
  const auto places = fortran_places(array.shape, array.numbers.size());
  std::vector<double> values(array.numbers.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[places[i]] = array.numbers[i];
  return values;
}

}  // namespace synfer

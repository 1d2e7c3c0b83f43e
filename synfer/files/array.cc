#include "synfer/files/array.h"

#include <algorithm>
#include <cmath>

#include "synfer/base/text.h"

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

void append(Array& whole, const Array& more) {
  const auto texts_of = [](const Array& array) {
    std::vector<std::string> texts = array.text;
    for (const double value : array.numbers)
      texts.push_back(std::isnan(value) ? std::string() : shortest(value));
    return texts;
  };
  if (whole.is_text != more.is_text) {
    whole.text = texts_of(whole);
    whole.numbers.clear();
    whole.is_text = true;
  }
  whole.shape[0] += more.shape[0];
  if (whole.is_text) {
    const std::vector<std::string> texts = texts_of(more);
    whole.text.insert(whole.text.end(), texts.begin(), texts.end());
  } else {
    whole.numbers.insert(whole.numbers.end(), more.numbers.begin(), more.numbers.end());
  }
}

std::vector<double> in_fortran_order(const Array& array) {
  const auto places = fortran_places(array.shape, array.numbers.size());
  std::vector<double> values(array.numbers.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[places[i]] = array.numbers[i];
  return values;
}

}  // namespace synfer

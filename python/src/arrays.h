// NumPy arrays from and to vectors.
#pragma once

#include <nanobind/ndarray.h>

#include <utility>
#include <vector>

#include "module.h"

namespace synfer::python {

/// An array as it comes in: row-major, of the right type already (synfer/session.py sees to that).
template <typename T>
using Array = nb::ndarray<const T, nb::c_contig, nb::device::cpu>;

template <typename T>
std::vector<T> values_of(const Array<T>& array) {
  return std::vector<T>(array.data(), array.data() + array.size());
}

template <typename T>
using View = nb::ndarray<nb::numpy, const T>;

/// The vector's own memory as a read-only array that keeps `owner` alive: nothing is copied.
template <typename T>
View<T> view_of(const std::vector<T>& values, const std::vector<std::size_t>& shape, nb::handle owner) {
  return View<T>(values.data(), shape.size(), shape.data(), owner);
}

/// An array that takes the vector over.
template <typename T>
nb::ndarray<nb::numpy, T> array_of(std::vector<T> values, const std::vector<std::size_t>& shape) {
  auto* kept = new std::vector<T>(std::move(values));
  const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return nb::ndarray<nb::numpy, T>(kept->data(), shape.size(), shape.data(), owner);
}

}  // namespace synfer::python

// The numbers by which a MATLAB file of version 5 says what follows.
#pragma once

#include <cstddef>
#include <cstdint>

namespace synfer::mat5 {

inline constexpr std::size_t kHeaderBytes = 128;
inline constexpr std::size_t kTagBytes = 8;

enum Type : std::uint32_t {
  kInt8 = 1,
  kUint8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kSingle,
  kDouble = 9,
  kInt64 = 12,
  kUint64,
  kMatrix,
  kCompressed,
  kUtf8,
  kUtf16,
  kUtf32
};
enum Class : std::uint32_t {
  kCellClass = 1,
  kStructClass,
  kObjectClass,
  kCharClass,
  kSparseClass,
  kDoubleClass,
  kLastNumberClass = 15,
  kFunctionClass,
  kOpaqueClass
};
constexpr std::uint32_t kComplexFlag = 0x0800;

}  // namespace synfer::mat5

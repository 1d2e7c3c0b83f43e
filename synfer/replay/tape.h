// A tape of arithmetic, read backward for slopes: what is written once of numbers
// (kernels/second_order-inl.h) is differentiated by running it on these. For a step's few hundred operations;
// what is large is pulled back by hand.
//
// Source: reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2008, chapter 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace synfer {

class Tape {
 public:
  static constexpr std::uint32_t kConstant = 0;

  /// A number on the tape.
  struct Number {
    double value = 0.0;
    std::uint32_t place = kConstant;
    Tape* tape = nullptr;
  };

  /// A product is kept until it meets a sum, and is one operation with it.
  struct Product {
    Number a, b;

    operator Number() const {  // NOLINT(google-explicit-constructor): it is one
      return a.tape->add({}, 1.0, a, b);
    }
  };
  struct Scaled {
    double by;
    Number of;

    operator Number() const {  // NOLINT(google-explicit-constructor): it is one
      return of.tape->add({}, of, by);
    }
  };

  friend Product operator*(const Number& a, const Number& b) { return {a, b}; }
  friend Scaled operator*(double by, const Number& of) { return {by, of}; }
  friend Number& operator+=(Number& sum, const Number& of) { return sum = sum.tape->add(sum, of, 1.0); }
  friend Number& operator-=(Number& sum, const Number& of) { return sum = sum.tape->add(sum, of, -1.0); }
  friend Number& operator+=(Number& sum, const Scaled& of) { return sum = sum.tape->add(sum, of.of, of.by); }
  friend Number& operator-=(Number& sum, const Scaled& of) { return sum = sum.tape->add(sum, of.of, -of.by); }
  friend Number& operator+=(Number& sum, const Product& of) {
    return sum = sum.tape->add(sum, 1.0, of.a, of.b);
  }
  friend Number& operator-=(Number& sum, const Product& of) {
    return sum = sum.tape->add(sum, -1.0, of.a, of.b);
  }

  Tape() { clear(); }

  /// A new tape, of constants alone.
  void clear() {
    all_.assign(1, {});
    bars_.clear();
  }
  [[nodiscard]] Number constant(double value) { return {value, kConstant, this}; }
  /// A number whose slope is asked for.
  [[nodiscard]] Number variable(double value) {
    all_.push_back({});
    return {value, static_cast<std::uint32_t>(all_.size() - 1), this};
  }

  /// A number of that value and of that slope in another.
  [[nodiscard]] Number linear(double value, const Number& of, double slope) {
    return put(value, {kConstant, of.place, kConstant, slope, 0.0});
  }
  friend double value_of(const Number& number) { return number.value; }

  /// What is wanted is d(sum of bar times number).
  void seed(const Number& of, double bar) {
    bars_.resize(all_.size(), 0.0);
    bars_[of.place] += bar;
  }
  void run_back() {
    bars_.resize(all_.size(), 0.0);
    for (std::size_t n = all_.size(); n-- > 1;) {
      const Operation& of = all_[n];
      const double bar = bars_[n];
      bars_[of.sum] += bar;
      bars_[of.a] += of.by_a * bar;
      bars_[of.b] += of.by_b * bar;
    }
  }
  [[nodiscard]] double bar(const Number& of) const { return of.place == kConstant ? 0.0 : bars_[of.place]; }

 private:
  // sum + by_a a + by_b b, to first order.
  struct Operation {
    std::uint32_t sum = kConstant, a = kConstant, b = kConstant;
    double by_a = 0.0, by_b = 0.0;
  };

  Number put(double value, const Operation& of) {
    all_.push_back(of);
    return {value, static_cast<std::uint32_t>(all_.size() - 1), this};
  }
  // sum + sign a b, and sum + by a.
  Number add(const Number& sum, double sign, const Number& a, const Number& b) {
    return put(sum.value + sign * a.value * b.value,
               {sum.place, a.place, b.place, sign * b.value, sign * a.value});
  }
  Number add(const Number& sum, const Number& a, double by) {
    return put(sum.value + by * a.value, {sum.place, a.place, kConstant, by, 0.0});
  }

  std::vector<Operation> all_;
  std::vector<double> bars_;
};

}  // namespace synfer

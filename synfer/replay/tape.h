// A tape of arithmetic, read backward for slopes: what is written once of numbers (kernels/second_order-inl.h)
// is differentiated by running it on these. For a step's few hundred operations; what is large is pulled back by
// hand.
//
// Source: reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2008, chapter 4).
#pragma once

#include <cstddef>
#include <vector>

namespace synfer {

class Tape {
 public:
  /// A number on the tape.
  struct Number {
    double value = 0.0;
    std::size_t place = 0;
    Tape* tape = nullptr;
  };

  Tape() { clear(); }

  /// A new tape, of constants alone.
  void clear() {
    all_.assign(1, {});
    bars_.clear();
  }
  [[nodiscard]] Number constant(double value) { return {value, kConstant, this}; }
  /// A number whose slope is asked for.
  [[nodiscard]] Number variable(double value) { return put(value, kConstant, 0.0, kConstant, 0.0); }

  /// What is wanted is d(sum of bar times number).
  void seed(const Number& of, double bar) {
    bars_.resize(all_.size(), 0.0);
    bars_[of.place] += bar;
  }
  void run_back() {
    bars_.resize(all_.size(), 0.0);
    for (std::size_t n = all_.size(); n-- > 1;) {
      const Operation& of = all_[n];
      bars_[of.a] += of.by_a * bars_[n];
      bars_[of.b] += of.by_b * bars_[n];
    }
  }
  [[nodiscard]] double bar(const Number& of) const { return of.place == kConstant ? 0.0 : bars_[of.place]; }

  friend Number operator*(const Number& a, const Number& b) {
    return a.tape->put(a.value * b.value, a.place, b.value, b.place, a.value);
  }
  friend Number operator*(double a, const Number& b) {
    return b.tape->put(a * b.value, b.place, a, kConstant, 0.0);
  }
  friend Number& operator+=(Number& a, const Number& b) {
    return a = a.tape->put(a.value + b.value, a.place, 1.0, b.place, 1.0);
  }
  friend Number& operator-=(Number& a, const Number& b) {
    return a = a.tape->put(a.value - b.value, a.place, 1.0, b.place, -1.0);
  }

 private:
  static constexpr std::size_t kConstant = 0;

  struct Operation {
    std::size_t a = kConstant, b = kConstant;  // of what
    double by_a = 0.0, by_b = 0.0;             // and its slopes in them
  };

  Number put(double value, std::size_t a, double by_a, std::size_t b, double by_b) {
    all_.push_back({a, b, by_a, by_b});
    return {value, all_.size() - 1, this};
  }

  std::vector<Operation> all_;
  std::vector<double> bars_;
};

}  // namespace synfer

// Rules as text, and the change of weight that they say.
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <tuple>

#include "arrays.h"
#include "module.h"
#include "settings.h"
#include "synfer/analysis/scoring.h"
#include "synfer/model/expression.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/results/result.h"
#include "synfer/run/export_run.h"

namespace synfer::python {
namespace {

// Terms in synfer's spelling, and coefficients.
std::tuple<std::vector<std::string>, std::vector<double>> parse_rule(const std::string& text,
                                                                     const std::string& key) {
  std::vector<std::string> terms;
  std::vector<double> coefficients;
  for (const WeightedTerm& one : parse_expression(text, false, key)) {
    terms.push_back(to_string(one.term));
    coefficients.push_back(one.coefficient);
  }
  return {terms, coefficients};
}

std::string rule_text(const std::vector<std::string>& terms, const std::vector<double>& coefficients) {
  Expression rule;
  for (std::size_t n = 0; n < terms.size(); ++n) rule.push_back({parse_term(terms[n]), coefficients.at(n)});
  return to_string(rule);
}

// g at S synapses; all arrays S.
nb::ndarray<nb::numpy, double> change(const TrueRule& g, const Array<double>& x, const Array<double>& y,
                                      const Array<double>& w, const Array<double>& r) {
  std::vector<double> out(x.size());
  for (std::size_t n = 0; n < out.size(); ++n) {
    out[n] = g.rule.change({x.data()[n], y.data()[n], w.data()[n], r.data()[n]}, g.theta);
  }
  return array_of(std::move(out), {x.size()});
}

TrueRule taylor(const std::vector<std::string>& terms, std::vector<double> coefficients) {
  std::vector<Term> parsed;
  parsed.reserve(terms.size());
  for (const std::string& term : terms) parsed.push_back(parse_term(term));
  return {TaylorRule(std::move(parsed)), std::move(coefficients)};
}

}  // namespace

void bind_rules(nb::module_& m) {
  m.def("parse_rule", &parse_rule, nb::arg("text"), nb::arg("key"));
  m.def("rule_text", &rule_text, nb::arg("terms"), nb::arg("coefficients"));
  m.def(
      "change",
      [](const std::vector<std::string>& terms, std::vector<double> coefficients, const Array<double>& x,
         const Array<double>& y, const Array<double>& w,
         const Array<double>& r) { return change(taylor(terms, std::move(coefficients)), x, y, w, r); },
      nb::arg("terms"), nb::arg("coefficients"), nb::arg("x"), nb::arg("y"), nb::arg("w"), nb::arg("r"));
  m.def(
      "change_of_run",
      [](const std::string& yaml, const std::string& json, const Array<double>& x, const Array<double>& y,
         const Array<double>& w, const Array<double>& r) {
        const Configuration c = configuration_of({yaml, {}}, DataOrigin::recorded);
        return change(rule_of(c, from_json(json)), x, y, w, r);
      },
      nb::arg("yaml"), nb::arg("json"), nb::arg("x"), nb::arg("y"), nb::arg("w"), nb::arg("r"));
  m.def(
      "export_rule",
      [](const std::vector<std::string>& terms, std::vector<double> coefficients,
         const std::string& language) {
        TrueRule rule = taylor(terms, std::move(coefficients));
        return export_rule({.rule = std::move(rule.rule), .theta = std::move(rule.theta)}, language,
                           "language");
      },
      nb::arg("terms"), nb::arg("coefficients"), nb::arg("language"));
  m.def(
      "export_of_run",
      [](const std::string& yaml, const std::string& json, const std::string& language) {
        const Configuration c = configuration_of({yaml, {}}, DataOrigin::recorded);
        return export_rule(exported_rule(c, from_json(json), "a fit with synfer"), language, "language");
      },
      nb::arg("yaml"), nb::arg("json"), nb::arg("language"));
}

}  // namespace synfer::python

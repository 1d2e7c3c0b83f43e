#include "synfer/inference/identifiability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "synfer/inference/scaled_information.h"

namespace synfer {
namespace {

constexpr double kShown = 0.1;  // weight of a term in a combination, relative to the largest

// "0.71 x*y - 0.70 x*w"; the first coefficient that is not 0 is positive.
std::string combination_text(const Vector& coefficients, const std::vector<std::string>& terms) {
  std::string text;
  for (Eigen::Index n = 0; n < coefficients.size(); ++n) {
    if (coefficients[n] == 0) continue;
    const std::string_view sign = coefficients[n] < 0 ? " - " : " + ";
    text += fmt::format("{}{:#.2g} {}", text.empty() ? "" : sign, std::abs(coefficients[n]),
                        terms[static_cast<std::size_t>(n)]);
  }
  return text;
}

Direction direction(const ScaledInformation& information, Eigen::Index k,
                    const std::vector<std::string>& terms) {
  Vector weights = information.directions.col(k);
  const auto shown = (weights.array().abs() >= kShown * weights.cwiseAbs().maxCoeff()).eval();
  const auto first = std::ranges::find(shown, true) - shown.begin();
  if (weights[first] < 0) weights = -weights;
  const Vector coefficients = shown.select(weights.cwiseQuotient(information.scale), 0.0);
  const double length = coefficients.norm();
  const double eigenvalue = information.eigenvalues[k];
  return {.eigenvalue = eigenvalue,
          .weights = {weights.begin(), weights.end()},
          .combination = combination_text(coefficients / length, terms),
          .standard_error =
              eigenvalue > 0 ? length / std::sqrt(eigenvalue) : std::numeric_limits<double>::infinity()};
}

// Connected components with more than one member; nodes i and j joined where |links_ij| > kJoined.
std::vector<std::vector<std::size_t>> components(const Matrix& links) {
  const auto count = static_cast<std::size_t>(links.rows());
  std::vector<char> seen(count, 0);
  std::vector<std::vector<std::size_t>> found;
  for (std::size_t first = 0; first < count; ++first) {
    if (seen[first] != 0) continue;
    std::vector<std::size_t> members = {first};
    seen[first] = 1;
    for (std::size_t n = 0; n < members.size(); ++n) {
      for (std::size_t j = 0; j < count; ++j) {
        const double link = links(static_cast<Eigen::Index>(members[n]), static_cast<Eigen::Index>(j));
        if (seen[j] != 0 || std::abs(link) <= kJoined) continue;
        seen[j] = 1;
        members.push_back(j);
      }
    }
    std::ranges::sort(members);
    if (members.size() > 1) found.push_back(members);
  }
  return found;
}

}  // namespace

Identifiability identifiability(const Matrix& information, std::span<const std::string> names,
                                std::span<const char> fixed) {
  const ScaledInformation scaled = scaled_information(information, fixed);
  Identifiability result;
  for (const std::size_t p : scaled.parameters) result.terms.push_back(names[p]);
  for (const std::size_t p : scaled.never_varied) result.never_varied.push_back(names[p]);
  for (Eigen::Index k = 0; k < scaled.eigenvalues.size(); ++k) {
    result.directions.push_back(direction(scaled, k, result.terms));
  }
  const auto sloppy = (scaled.eigenvalues.array() < kSloppy).count();  // the last ones
  const auto basis = scaled.directions.rightCols(sloppy);
  for (const std::vector<std::size_t>& members : components(basis * basis.transpose())) {
    std::vector<std::string>& group = result.groups.emplace_back();
    for (const std::size_t n : members) group.push_back(result.terms[n]);
  }
  return result;
}

}  // namespace synfer

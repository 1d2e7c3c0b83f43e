// A fixed piece of work of each kernel, for scripts/count_instructions: valgrind counts what happens within
// `counted`, and nothing of what prepares it. Names of the kernels, or one of them, as arguments.
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/fma_peak.h"
#include "benchmarks/problems.h"
#include "synfer/base/parallel.h"
#include "synfer/replay/belief_block.h"
#include "synfer/replay/curvature.h"
#include "synfer/replay/replay.h"

namespace {

using namespace synfer;
using benchmarks::Problem;

// extern "C", so that its name is what valgrind is told.
extern "C" [[gnu::noinline]] void counted(const std::function<void()>& work) { work(); }

void value(const Problem& p) { session_loss(p.model, p.theta, p.sessions[0], p.initial[0]); }

void gradient(const Problem& p) {
  std::vector<double> theta_bar(p.theta.size());
  session_loss_and_gradient(p.model, p.theta, p.sessions[0], p.initial[0], {}, theta_bar, {}, {}, {},
                            p.options.precision);
}

void filter_value(const Problem& p) {
  session_loss({p.model, p.theta, p.sessions[0], p.initial[0], p.options.belief});
}

void filter_slopes(const Problem& p) {
  session_curvature({p.model, p.theta, p.sessions[0], p.initial[0], p.options.belief}, {});
}

void filter_value_side_by_side(const Problem& p) { session_losses(benchmarks::beliefs(p)); }

void filter_slopes_side_by_side(const Problem& p) {
  session_curvatures(benchmarks::beliefs(p), {.any = true});
}

struct Work {
  std::string name;
  std::function<Problem()> problem;
  void (*of)(const Problem&);
};

std::vector<Work> all() {
  std::vector<Work> work;
  for (const char* rule : {"27 terms", "81 terms", "MLP"}) {
    const auto known = [rule] { return benchmarks::behaviour(rule, 1); };
    const auto latent = [rule] { return benchmarks::filter(rule, 1); };
    work.push_back({std::string("value, ") + rule, known, value});
    work.push_back({std::string("gradient, ") + rule, known, gradient});
    work.push_back({std::string("filter value, ") + rule, latent, filter_value});
    work.push_back({std::string("filter slopes, ") + rule, latent, filter_slopes});
    const auto side_by_side = [rule] { return benchmarks::filter(rule, static_cast<int>(kLanes)); };
    work.push_back(
        {std::string("filter value, 8 sessions, ") + rule, side_by_side, filter_value_side_by_side});
  }
  // What a selection of terms asks for most.
  work.push_back({"filter slopes, 8 sessions, 3 terms",
                  [] { return benchmarks::filter("3 terms", static_cast<int>(kLanes)); },
                  filter_slopes_side_by_side});
  const auto neural = [] { return benchmarks::oja(100, 32, 50); };
  work.push_back({"gradient, Oja", neural, gradient});
  work.push_back({"gradient, Oja, single precision",
                  [neural] { return benchmarks::in_single_precision(neural()); }, gradient});
  return work;
}

}  // namespace

int main(int argc, char** argv) {
  const ThreadLimit one_thread(1);
  if (argc < 2) {
    for (const Work& work : all()) std::puts(work.name.c_str());
    return 0;
  }
  // What valgrind shows of a machine has AVX2 at most, so that counts are the same on all that have it.
  if (std::strcmp(benchmarks::instruction_set(), "AVX2") != 0) {
    std::fprintf(stderr, "found %s, expected AVX2\n", benchmarks::instruction_set());
    return 1;
  }
  for (const Work& work : all()) {
    if (work.name != argv[1]) continue;
    const Problem problem = work.problem();
    work.of(problem);  // what is prepared once in a process
    counted([&] { work.of(problem); });
    return 0;
  }
  std::fprintf(stderr, "found no work called '%s'\n", argv[1]);
  return 1;
}

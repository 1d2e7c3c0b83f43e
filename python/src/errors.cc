// The errors of synfer/base/error.h as the exceptions of synfer/errors.py, field by field.
#include <fmt/format.h>

#include "module.h"
#include "synfer/base/error.h"

namespace synfer::python {
namespace {

// The class is looked up when it is needed: importing synfer.errors here would import synfer again.
template <typename... Fields>
void raise(const char* name, const std::exception& error, const Fields&... fields) {
  const nb::object errors = nb::module_::import_("synfer.errors");
  const nb::object type = errors.attr(name);
  const nb::object value = type(errors.attr("in_python")(nb::str(error.what())), fields...);
  PyErr_SetObject(type.ptr(), value.ptr());
}

nb::str text(const std::string& s) { return nb::str(s.data(), s.size()); }

}  // namespace

void bind_errors(nb::module_& /*m*/) {
  nb::register_exception_translator([](const std::exception_ptr& thrown, void*) {
    try {
      std::rethrow_exception(thrown);
    } catch (const DataError& e) {
      raise("DataError", e, text(e.file), nb::int_(e.row), text(e.column));
    } catch (const ConfigurationError& e) {
      raise("ConfigurationError", e, text(e.key), text(e.nearest));
    } catch (const OutputError& e) {
      raise("OutputError", e, text(e.path));
    } catch (const NonFiniteError& e) {
      raise("NonFiniteError", e, text(e.animal), text(e.session), nb::int_(e.step), text(e.term));
    } catch (const Error& e) {
      raise("SynferError", e);
    }
  });
}

}  // namespace synfer::python

// For tests of readers of HDF5: what other programs put into a file.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

namespace synfer::for_test {

/// An open file; nothing is checked.
class Editor {
 public:
  explicit Editor(const std::string& file) : file_(H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)) {}
  ~Editor() { H5Fclose(file_); }
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  void group(const char* path) const {
    H5Gclose(H5Gcreate2(file_, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }

  void set(const char* path, const std::vector<hsize_t>& shape, const std::vector<double>& values) const {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t made = H5Dcreate2(file_, path, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(made, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(made);
    H5Sclose(space);
  }

  void attribute(const char* path, const char* name, double value) const {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t made =
        H5Acreate_by_name(file_, path, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(made, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(made);
    H5Sclose(space);
  }

  void attribute(const char* path, const char* name, const char* text) const {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t made =
        H5Acreate_by_name(file_, path, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(made, type, static_cast<const void*>(&text));
    H5Aclose(made);
    H5Sclose(space);
    H5Tclose(type);
  }

  void texts(const char* path, std::vector<const char*> values) const {
    const hsize_t count = values.size();
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t made = H5Dcreate2(file_, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, static_cast<void*>(values.data()));
    H5Dclose(made);
    H5Sclose(space);
    H5Tclose(type);
  }

  void reference(const char* path, const char* name, const char* target) const {
    hobj_ref_t to{};
    H5Rcreate(&to, file_, target, H5R_OBJECT, -1);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t made =
        H5Acreate_by_name(file_, path, name, H5T_STD_REF_OBJ, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(made, H5T_STD_REF_OBJ, &to);
    H5Aclose(made);
    H5Sclose(space);
  }

  void enumeration(const char* path, const std::vector<const char*>& names,
                   const std::vector<std::int8_t>& values) const {
    const hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
    for (std::int8_t n = 0; n < static_cast<std::int8_t>(names.size()); ++n)
      H5Tenum_insert(type, names[static_cast<std::size_t>(n)], &n);
    const hsize_t count = values.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t made = H5Dcreate2(file_, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(made);
    H5Sclose(space);
    H5Tclose(type);
  }

  void remove(const char* path) const { H5Ldelete(file_, path, H5P_DEFAULT); }

 private:
  hid_t file_;
};

}  // namespace synfer::for_test

#include "program.h"

int main(int argc, char** argv) { return synfer::run_program(argc, argv); }

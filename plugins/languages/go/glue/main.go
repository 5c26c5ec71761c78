// The main package that a module of its own kind is built from.
package main

import _ "policy/build/bindings/wit_exports"

func main() {}

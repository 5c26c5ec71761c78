;; A core module: what a compiler writes before it is turned into a component.
(module
  (func (export "judge") (result i32) (i32.const 0)))

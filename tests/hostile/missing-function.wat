;; Exports a gate that cannot say what it is.
(component
  (core module $module (func (export "judge") (result i32) (i32.const 0)))
  (core instance $instance (instantiate $module))
  (func $judge (result u32) (canon lift (core func $instance "judge")))
  (instance $gate (export "judge" (func $judge)))
  (export "portcullis:policy/gate@0.1.0" (instance $gate)))

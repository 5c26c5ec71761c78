;; Imports a function of the contract with another type than it has.
(component
  (import "portcullis:policy/log@0.1.0" (instance (export "info" (func (param "message" u32)))))
  (instance $gate)
  (export "portcullis:policy/gate@0.1.0" (instance $gate)))

;; Needs an interface that nobody has.
(component
  (import "acme:tools/hammer@1.0.0" (instance))
  (instance $gate)
  (export "portcullis:policy/gate@0.1.0" (instance $gate)))

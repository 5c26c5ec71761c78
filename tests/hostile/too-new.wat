;; Built against a contract that this host does not speak yet.
(component
  (instance $gate)
  (export "portcullis:policy/gate@0.9.0" (instance $gate)))

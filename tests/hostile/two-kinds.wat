;; Says that it is two kinds of policy at once.
(component
  (instance $either)
  (export "portcullis:policy/gate@0.1.0" (instance $either))
  (export "portcullis:policy/fairness@0.1.0" (instance $either)))

;; A data check that asks for the evaluation: there is none yet when it runs, so no grant can help.
(component
  (import "portcullis:model/metrics@0.1.0" (instance))
  (instance $check)
  (export "portcullis:policy/data-check@0.1.0" (instance $check)))

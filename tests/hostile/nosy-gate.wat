;; A gate that asks for the model itself, which only a behavior policy has without a grant.
(component
  (import "portcullis:model/predictor@0.1.0" (instance))
  (instance $gate)
  (export "portcullis:policy/gate@0.1.0" (instance $gate)))

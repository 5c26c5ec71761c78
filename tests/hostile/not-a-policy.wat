;; A component that exports nothing that the host knows.
(component
  (instance $empty)
  (export "acme:tools/hammer@1.0.0" (instance $empty)))

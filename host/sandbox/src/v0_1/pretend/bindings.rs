//! Generated from what the pretend versions have of `dataset`, on the handles of this one.
#![allow(clippy::pedantic, reason = "generated code")]

wasmtime::component::bindgen!({
    path: "../../wit/0.1.0",
    inline: "
        package portcullis:pretend;

        world both {
            import portcullis:data/dataset@0.1.1;
            import portcullis:data/dataset@0.2.0;
        }

        package portcullis:data@0.1.1 {
            interface dataset {
                use portcullis:data/answers@0.1.0.{failure};

                record frequency {
                    value: string,
                    count: f64,
                }

                resource table {
                    name: func() -> string;
                    row-count: func() -> f64;
                    column-names: func() -> list<string>;
                    column: func(name: string) -> option<column>;
                    duplicate-count: func(columns: list<string>) -> result<f64, failure>;
                }

                resource column {
                    name: func() -> string;
                    kind: func() -> string;
                    withheld: func() -> bool;
                    null-count: func() -> result<f64, failure>;
                    distinct-count: func() -> result<f64, failure>;
                    frequencies: func(most: u32) -> result<list<frequency>, failure>;
                    count-not-in: func(values: list<string>) -> result<f64, failure>;
                    minimum: func() -> result<option<f64>, failure>;
                    maximum: func() -> result<option<f64>, failure>;
                    mean: func() -> result<option<f64>, failure>;
                    standard-deviation: func() -> result<option<f64>, failure>;
                    sum: func() -> result<option<f64>, failure>;
                    quantiles: func(probabilities: list<f64>) -> result<list<f64>, failure>;
                    count-outside: func(lowest: option<f64>, highest: option<f64>) -> result<f64, failure>;
                    histogram: func(edges: list<f64>) -> result<list<f64>, failure>;
                    median: func() -> result<option<f64>, failure>;
                }

                current: func() -> table;
                part: func(name: string) -> result<option<table>, failure>;
            }
        }

        package portcullis:data@0.2.0 {
            interface dataset {
                use portcullis:data/answers@0.1.0.{failure};

                resource table {
                    column: func(name: string) -> option<column>;
                }

                resource column {
                    mean: func() -> result<f64, failure>;
                }

                current: func() -> table;
            }
        }
    ",
    world: "portcullis:pretend/both",
    imports: { default: trappable },
    with: {
        "portcullis:data/answers@0.1.0": crate::v0_1::bindings::portcullis::data::answers,
        "portcullis:data/dataset@0.1.1.table": crate::v0_1::data::Table,
        "portcullis:data/dataset@0.1.1.column": crate::v0_1::data::Column,
        "portcullis:data/dataset@0.2.0.table": crate::v0_1::data::Table,
        "portcullis:data/dataset@0.2.0.column": crate::v0_1::data::Column,
    },
    require_store_data_send: true,
});

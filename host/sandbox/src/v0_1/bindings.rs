//! Generated from `wit/0.1.0`.
#![allow(missing_docs, clippy::pedantic, reason = "generated code; the WIT has the documentation")]

wasmtime::component::bindgen!({
    path: "../../wit/0.1.0",
    inline: "
        package portcullis:host;

        world everything {
            import portcullis:policy/types@0.1.0;
            import portcullis:policy/parameters@0.1.0;
            import portcullis:policy/log@0.1.0;
            import portcullis:data/dataset@0.1.0;
            import portcullis:data/rows@0.1.0;
            import portcullis:data/sql@0.1.0;
            import portcullis:model/metrics@0.1.0;
            import portcullis:model/predictor@0.1.0;
            import portcullis:model/predictions@0.1.0;
        }
    ",
    world: "portcullis:host/everything",
    imports: { default: trappable },
    with: {
        "portcullis:data/answers.record-batch": super::reader::RecordBatch,
        "portcullis:data/answers.reader": super::reader::Reader,
        "portcullis:data/dataset.table": super::data::Table,
        "portcullis:data/dataset.column": super::data::Column,
        "portcullis:model/metrics.evaluation": super::metrics::Evaluated,
        "portcullis:model/metrics.comparison": super::metrics::Compared,
        "portcullis:model/predictor.batch": super::predictor::Batch,
        "portcullis:model/predictor.predictions": super::predictor::Answered,
    },
    require_store_data_send: true,
});

//! What `wit-bindgen` makes of the contract: all imports once, and one set of exports for each kind.
//!
//! The kinds are generated apart, because the macro that exports a world demands every export of it. They share the
//! types of the imports. A policy's file lists only the imports that it calls: the others are dropped when it is linked
//! and encoded.
#![allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic)]

pub mod imports {
    wit_bindgen::generate!({
        path: "../../wit/0.1.0",
        inline: "
            package portcullis:sdk;
            world imports {
                import portcullis:policy/types@0.1.0;
                import portcullis:policy/parameters@0.1.0;
                import portcullis:policy/log@0.1.0;
                import portcullis:data/dataset@0.1.0;
                import portcullis:model/evaluation@0.1.0;
                import portcullis:model/predictor@0.1.0;
            }
        ",
        world: "portcullis:sdk/imports",
        generate_all,
        generate_unused_types: true,
        additional_derives: [PartialEq],
    });
}

pub mod data_check {
    wit_bindgen::generate!({
        path: "../../wit/0.1.0",
        inline: "
            package portcullis:sdk;
            world data-check { export portcullis:policy/data-check@0.1.0; }
        ",
        world: "portcullis:sdk/data-check",
        with: { "portcullis:policy/types@0.1.0": crate::bindings::imports::portcullis::policy::types },
        pub_export_macro: true,
        export_macro_name: "export_data_check",
    });
}

pub mod gate {
    wit_bindgen::generate!({
        path: "../../wit/0.1.0",
        inline: "
            package portcullis:sdk;
            world gate { export portcullis:policy/gate@0.1.0; }
        ",
        world: "portcullis:sdk/gate",
        with: { "portcullis:policy/types@0.1.0": crate::bindings::imports::portcullis::policy::types },
        pub_export_macro: true,
        export_macro_name: "export_gate",
    });
}

pub mod fairness {
    wit_bindgen::generate!({
        path: "../../wit/0.1.0",
        inline: "
            package portcullis:sdk;
            world fairness { export portcullis:policy/fairness@0.1.0; }
        ",
        world: "portcullis:sdk/fairness",
        with: { "portcullis:policy/types@0.1.0": crate::bindings::imports::portcullis::policy::types },
        pub_export_macro: true,
        export_macro_name: "export_fairness",
    });
}

pub mod behavior {
    wit_bindgen::generate!({
        path: "../../wit/0.1.0",
        inline: "
            package portcullis:sdk;
            world behavior { export portcullis:policy/behavior@0.1.0; }
        ",
        world: "portcullis:sdk/behavior",
        with: { "portcullis:policy/types@0.1.0": crate::bindings::imports::portcullis::policy::types },
        pub_export_macro: true,
        export_macro_name: "export_behavior",
    });
}

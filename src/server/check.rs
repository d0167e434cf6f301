//! What a schema, called in a handler, says of the value that it checks.

use super::schema;
use super::value::{At, Values};
use crate::ir::ExprId;
use crate::models::Models;
use crate::project::{FuncRef, Project, Ty};

/// The type that a schema expression (`ReadArgs` in `ReadArgs.parse(args)`) enforces; `None` when it is no schema that can be read.
pub fn schema_type(project: &Project, models: &Models, func: FuncRef, expr: ExprId) -> Option<Ty> {
    let values = Values::new(project, models.frameworks());
    schema::read(
        &values,
        At {
            module: func.module,
            scope: func.func,
            expr,
        },
    )
    .map(|schema| schema.ty)
}

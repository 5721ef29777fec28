//! What every toolkit lets a program choose: which tools, and how much they return.

/// Within `impl SomeToolkit { .. }`: the methods by which a program says which of its tools are offered and how much
/// they return, over the fields `selection`, a [`Selection`](crate::Selection), and `setup`, a struct with a `budget`.
/// Every toolkit has them, and so they are written once. They are given the toolkit's name, the function that makes
/// all its tools, and its least budget, a public constant of the name `LEAST_RESULT_BUDGET`.
#[macro_export]
macro_rules! setup_methods {
    ($name:expr, $catalogue:path, $least:ident) => {
        /// These tools only. Consent asks for what they need and no more.
        ///
        /// # Errors
        /// When a name is none of the toolkit's, or no tool is left.
        pub fn with_tools(self, selection: $crate::Selection) -> Result<Self, $crate::Error> {
            selection.choose($name, $catalogue(&self.setup))?;
            Ok(Self { selection, ..self })
        }

        /// Bounds each result to this many characters of compact JSON, at least
        /// [`LEAST_RESULT_BUDGET`], and no more than the run's own bound ([`Pipeline::with_result_budget`]).
        /// What does not fit can be read on.
        ///
        /// [`Pipeline::with_result_budget`]: toolgate_toolkit::Pipeline::with_result_budget
        #[must_use]
        pub fn with_result_budget(self, characters: usize) -> Self {
            let mut setup = self.setup;
            setup.budget = characters.max($least);
            Self { setup, ..self }
        }
    };
}

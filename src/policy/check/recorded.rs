//! Details of a letter that the register says: each of the type that the register gives, in a letter that concerns no request.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::file::{About, LetterFile};
use super::super::{Fact, Recorded, problems};
use super::Check;
use crate::expression::program::Slot;
use crate::source::{Place, Source};
use crate::value::Text;

impl Check<'_> {
    pub(super) fn recorded(
        &mut self,
        source: &Arc<Source>,
        letter: &LetterFile,
        details: &[Fact],
    ) -> BTreeMap<Slot, Recorded> {
        let mut recorded = BTreeMap::new();
        for (key, shape) in letter.detail.iter() {
            let of_a_field = shape.item.iter().find_map(|(_, field)| field.from.as_ref());
            let misplaced = shape.from.as_ref().filter(|_| letter.about == About::Request).or(of_a_field);
            if let Some(from) = misplaced {
                self.push(problems::rule_shape(
                    Place::new(source, from.range.clone()),
                    Text::new(
                        "لا يُؤخذ من السجل إلا تفصيلٌ كاملٌ لخطابٍ يتعلق بالسياسة",
                        "only a whole detail of a letter about the policy comes from the register",
                    ),
                    Text::new(
                        "اكتب `from` للقائمة كلها، و`about = \"policy\"` للخطاب؛ أو احذفه",
                        "write `from` for the list as a whole, and `about = \"policy\"` for the letter; or leave it out",
                    ),
                ));
                continue;
            }
            let Some(from) = &shape.from else { continue };
            let Some(detail) = details.iter().find(|detail| detail.id == key.name) else { continue };
            let wanted = from.value.shape();
            if wanted.fits(&detail.kind) {
                recorded.insert(detail.slot, from.value);
                continue;
            }
            let wanted = wanted.text();
            self.push(problems::rule_shape(
                Place::new(source, shape.ty.range.clone()),
                Text::new("السجل لا يقول هذا على هذه الصورة", "the register does not say this in that shape"),
                Text::new(format!("المنتظر: {}", wanted.ar), format!("it wants {}", wanted.en)),
            ));
        }
        recorded
    }
}

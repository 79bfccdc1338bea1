//! From Rhai text to our own syntax tree: the only file that names rhai.
//!
//! Receives the text of a condition or of `functions.rhai`, hands on [`Syntax`] with the bytes of every part. Rhai parses; what
//! the language does not have is refused here, at its place. Nothing is evaluated.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rhai::{AST, ASTNode, Engine, Expr, OptimizationLevel, Position, Stmt};

use super::problems;
use crate::diag::Diagnostic;
use crate::source::{Place, Source};
use crate::value::Number;

/// Conditions longer than this are refused before they are parsed.
const LONGEST: usize = 8_000;
/// Deeper nesting than this is refused.
const DEEPEST: usize = 48;

/// A part of a condition, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Syntax {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: Kind,
}

/// What a part of a condition is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `true`, `false`.
    Bool(bool),
    /// `12`, `0.5`.
    Number(Number),
    /// `"owner"`: a choice or a text.
    Text(String),
    /// `household.size`, `income_limit`, or something bound by `let` or a closure.
    Name(Vec<String>),
    /// `["a", "b"]`.
    List(Vec<Syntax>),
    /// `1..=5`, `1..5`.
    Interval {
        /// From here on.
        low: Box<Syntax>,
        /// Up to here.
        high: Box<Syntax>,
        /// Is the upper end inside?
        closed: bool,
    },
    /// `!a`.
    Not(Box<Syntax>),
    /// `-a`.
    Negative(Box<Syntax>),
    /// `a && b`.
    And(Vec<Syntax>),
    /// `a || b`.
    Or(Vec<Syntax>),
    /// `a + b`, `a <= b` and the like.
    Binary(Operator, Box<Syntax>, Box<Syntax>),
    /// `a in b`.
    In(Box<Syntax>, Box<Syntax>),
    /// `if c { a } else { b }`.
    If(Box<Syntax>, Box<Syntax>, Box<Syntax>),
    /// `let x = a; b`.
    Let(String, Box<Syntax>, Box<Syntax>),
    /// `f(a, b)`.
    Call(String, Vec<Syntax>),
    /// `list.any(|item| …)`.
    Each {
        /// The list.
        list: Box<Syntax>,
        /// `any`, `count` and so on.
        method: String,
        /// The closure, or nothing for `list.count()`.
        closure: Option<(String, Box<Syntax>)>,
    },
}

/// What stands between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
        }
    }

    fn read(sign: &str) -> Option<Operator> {
        [
            Operator::Add,
            Operator::Subtract,
            Operator::Multiply,
            Operator::Divide,
            Operator::Equal,
            Operator::NotEqual,
            Operator::Less,
            Operator::LessOrEqual,
            Operator::Greater,
            Operator::GreaterOrEqual,
        ]
        .into_iter()
        .find(|operator| operator.sign() == sign)
    }
}

/// A shared function of `functions.rhai`.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The names of what it takes.
    pub parameters: Vec<String>,
    /// What it gives.
    pub body: Syntax,
}

/// The parser, made once for a policy.
pub struct Notation {
    engine: Engine,
}

impl std::fmt::Debug for Notation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Notation")
    }
}

impl Default for Notation {
    fn default() -> Notation {
        let mut engine = Engine::new_raw();
        // The optimiser hides errors and folds what we want to see.
        engine.set_optimization_level(OptimizationLevel::None);
        engine.set_max_expr_depths(DEEPEST, DEEPEST);
        Notation { engine }
    }
}

impl Notation {
    /// Reads a condition that stands in a file at `range`.
    ///
    /// # Errors
    ///
    /// What Rhai cannot parse, and what the language does not have.
    pub fn condition(&self, source: &Arc<Source>, range: Range<usize>) -> Result<Syntax, Diagnostic> {
        let text = source.slice(&range).to_owned();
        let reader = Reader::new(source, &text, range.start);
        if text.len() > LONGEST {
            return Err(problems::too_long(Place::new(source, range), LONGEST));
        }
        if text.trim().is_empty() {
            return Err(problems::empty_condition(Place::new(source, range)));
        }
        let ast = self.engine.compile(&text).map_err(|error| reader.syntax_error(&error))?;
        let reader = reader.with_closures(&ast);
        reader.statements(ast.statements(), range)
    }

    /// Reads the shared functions of `functions.rhai`.
    ///
    /// # Errors
    ///
    /// What Rhai cannot parse, and what the language does not have.
    pub fn functions(&self, source: &Arc<Source>) -> Result<Vec<Function>, Diagnostic> {
        let reader = Reader::new(source, &source.text, 0);
        if source.text.len() > LONGEST * 16 {
            return Err(problems::too_long(Place::new(source, 0..0), LONGEST * 16));
        }
        let ast = self.engine.compile(&source.text).map_err(|error| reader.syntax_error(&error))?;
        if let Some(statement) = ast.statements().first() {
            return Err(problems::refused(reader.point(statement.position()), "statement"));
        }
        let reader = reader.with_closures(&ast);
        let mut functions = Vec::new();
        for (name, (parameters, statements)) in &reader.closures {
            if name.starts_with("anon$") {
                continue;
            }
            let body = reader.statements(statements, 0..source.text.len())?;
            functions.push(Function { name: name.clone(), parameters: parameters.clone(), body });
        }
        functions.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(functions)
    }
}

/// Walks one parsed text.
struct Reader<'text> {
    source: &'text Arc<Source>,
    text: &'text str,
    /// Where the text begins in its file.
    start: usize,
    /// Where each of its lines begins.
    lines: Vec<usize>,
    /// The functions that stand in the text, the closures among them, which Rhai hoists: what they take and what they do.
    closures: BTreeMap<String, (Vec<String>, Vec<Stmt>)>,
}

impl<'text> Reader<'text> {
    fn new(source: &'text Arc<Source>, text: &'text str, start: usize) -> Reader<'text> {
        let lines =
            std::iter::once(0).chain(text.match_indices('\n').map(|(offset, _)| offset + 1)).collect();
        Reader { source, text, start, lines, closures: BTreeMap::new() }
    }

    fn with_closures(mut self, ast: &AST) -> Reader<'text> {
        for (.., name, count, definition) in ast.shared_lib().iter_script_fn_info() {
            // Rhai does not hand out the body of a function; a walk over a tree with nothing but that function does.
            let mut alone = ast.clone_functions_only();
            alone.retain_functions(|_, _, other, arity| other == name && arity == count);
            let mut body = Vec::new();
            alone.walk(&mut |path: &[ASTNode<'_>]| {
                if let [ASTNode::Stmt(statement)] = path {
                    body.push((*statement).clone());
                }
                true
            });
            let parameters = definition.params.iter().map(ToString::to_string).collect();
            self.closures.insert(name.to_owned(), (parameters, body));
        }
        self
    }

    /// The byte of the text at which Rhai saw something.
    fn offset(&self, position: Position) -> usize {
        let (Some(line), column) = (position.line(), position.position().unwrap_or(1)) else {
            return 0;
        };
        let begin = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let rest = self.text.get(begin..).unwrap_or_default();
        begin + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(offset, _)| offset)
    }

    fn place(&self, range: Range<usize>) -> Place {
        Place::new(self.source, self.start + range.start..self.start + range.end)
    }

    /// The word or sign at a position.
    fn point(&self, position: Position) -> Place {
        let offset = self.offset(position);
        let rest = self.text.get(offset..).unwrap_or_default();
        let word = rest
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .map(char::len_utf8)
            .sum();
        let length = if word == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { word };
        self.place(offset..offset + length)
    }

    fn syntax_error(&self, error: &rhai::ParseError) -> Diagnostic {
        problems::expression_syntax(self.point(error.position()), &error.err_type().to_string())
    }

    fn statements(&self, statements: &[Stmt], whole: Range<usize>) -> Result<Syntax, Diagnostic> {
        let Some((first, rest)) = statements.split_first() else {
            return Err(problems::empty_condition(Place::new(self.source, whole)));
        };
        match first {
            Stmt::Var(binding, ..) => {
                let (name, value, _) = &**binding;
                let value = self.expression(value)?;
                if rest.is_empty() {
                    return Err(problems::refused(self.point(name.pos), "statement"));
                }
                let body = self.statements(rest, whole)?;
                let place = join(&value.place, &body.place);
                Ok(Syntax { place, kind: Kind::Let(name.name.to_string(), Box::new(value), Box::new(body)) })
            }
            Stmt::Share(_) => self.statements(rest, whole),
            _ if !rest.is_empty() => Err(problems::refused(self.point(first.position()), "statement")),
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.statements(block.statements(), whole),
            Stmt::If(flow, position) => {
                let condition = self.expression(&flow.expr)?;
                let then = self.statements(flow.body.statements(), whole.clone())?;
                if flow.branch.statements().iter().all(Stmt::is_noop) {
                    return Err(problems::if_without_else(self.point(*position)));
                }
                let otherwise = self.statements(flow.branch.statements(), whole)?;
                let start = self.start + self.offset(*position);
                let mut place = join(&condition.place, &otherwise.place);
                place.range.start = place.range.start.min(start);
                place.range.end = self.close(place.range.end, "}");
                Ok(Syntax { place, kind: Kind::If(Box::new(condition), Box::new(then), Box::new(otherwise)) })
            }
            Stmt::Switch(_, position) => Err(problems::refused(self.point(*position), "switch")),
            Stmt::While(_, position) | Stmt::Do(_, _, position) | Stmt::For(_, position) => {
                Err(problems::refused(self.point(*position), "loop"))
            }
            Stmt::Assignment(assignment) => {
                Err(problems::refused(self.point(assignment.0.position()), "assignment"))
            }
            Stmt::TryCatch(_, position) => Err(problems::refused(self.point(*position), "try")),
            Stmt::BreakLoop(_, _, position) | Stmt::Return(_, _, position) => {
                Err(problems::refused(self.point(*position), "jump"))
            }
            other => Err(problems::refused(self.point(other.position()), "statement")),
        }
    }

    fn expression(&self, expression: &Expr) -> Result<Syntax, Diagnostic> {
        let position = expression.position();
        let offset = self.offset(position);
        let refused = |what: &str| Err(problems::refused(self.point(position), what));
        match expression {
            Expr::BoolConstant(value, _) => {
                Ok(self.leaf(offset, if *value { 4 } else { 5 }, Kind::Bool(*value)))
            }
            Expr::IntegerConstant(value, _) => {
                Ok(self.leaf(offset, self.number_length(offset), Kind::Number(Number::from(*value))))
            }
            Expr::StringConstant(text, _) => {
                Ok(self.leaf(offset, self.string_length(offset), Kind::Text(text.to_string())))
            }
            Expr::DynamicConstant(value, _) => {
                if let Ok(decimal) = value.as_decimal() {
                    return match Number::parse(&decimal.to_string()) {
                        Some(number) => {
                            Ok(self.leaf(offset, self.number_length(offset), Kind::Number(number)))
                        }
                        None => Err(problems::number_too_long(self.point(position))),
                    };
                }
                if let Some(array) = value.read_lock::<rhai::Array>() {
                    let mut parts = Vec::new();
                    for part in array.iter() {
                        let kind = if let Ok(text) = part.clone().into_immutable_string() {
                            Kind::Text(text.to_string())
                        } else if let Ok(number) = part.as_int() {
                            Kind::Number(Number::from(number))
                        } else {
                            return refused("list");
                        };
                        parts.push(Syntax { place: self.point(position), kind });
                    }
                    return Ok(self.leaf(offset, 1, Kind::List(parts)));
                }
                refused("function value")
            }
            Expr::Variable(variable, ..) => {
                let name = variable.1.to_string();
                Ok(self.leaf(offset, name.len(), Kind::Name(vec![name])))
            }
            Expr::Array(parts, _) => {
                let parts = parts.iter().map(|part| self.expression(part)).collect::<Result<Vec<_>, _>>()?;
                let end = parts.last().map_or(self.start + offset + 1, |part| part.place.range.end);
                let range = self.start + offset..self.close(end, "]");
                Ok(Syntax { place: Place::new(self.source, range), kind: Kind::List(parts) })
            }
            Expr::And(parts, _) => self.connective(parts, Kind::And),
            Expr::Or(parts, _) => self.connective(parts, Kind::Or),
            Expr::FnCall(call, position) => self.call(call, *position),
            Expr::Dot(pair, flags, _) => {
                if flags.intersects(rhai::ASTFlags::NEGATED) {
                    return refused("?.");
                }
                let root = self.expression(&pair.lhs)?;
                self.path(root, &pair.rhs)
            }
            Expr::Stmt(block) => {
                self.statements(block.statements(), self.start + offset..self.start + offset)
            }
            Expr::CharConstant(..) => refused("character"),
            Expr::InterpolatedString(..) => refused("text with values in it"),
            Expr::Map(..) => refused("map"),
            Expr::Unit(_) => refused("()"),
            Expr::ThisPtr(_) => refused("this"),
            Expr::Index(..) => refused("index"),
            Expr::Coalesce(..) => refused("??"),
            _ => refused("notation"),
        }
    }

    fn leaf(&self, offset: usize, length: usize, kind: Kind) -> Syntax {
        Syntax { place: self.place(offset..offset + length), kind }
    }

    fn connective(&self, parts: &[Expr], make: fn(Vec<Syntax>) -> Kind) -> Result<Syntax, Diagnostic> {
        let parts = parts.iter().map(|part| self.expression(part)).collect::<Result<Vec<_>, _>>()?;
        let place = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => join(&first.place, &last.place),
            _ => self.place(0..self.text.len()),
        };
        Ok(Syntax { place, kind: make(parts) })
    }

    fn path(&self, root: Syntax, rest: &Expr) -> Result<Syntax, Diagnostic> {
        match rest {
            Expr::Property(property, position) => self.step(root, &property.2, *position),
            Expr::Dot(pair, flags, position) => {
                if flags.intersects(rhai::ASTFlags::NEGATED) {
                    return Err(problems::refused(self.point(*position), "?."));
                }
                let root = self.path(root, &pair.lhs)?;
                self.path(root, &pair.rhs)
            }
            Expr::MethodCall(call, position) => self.method(root, call, *position),
            other => Err(problems::refused(self.point(other.position()), "index")),
        }
    }

    fn step(&self, root: Syntax, name: &str, position: Position) -> Result<Syntax, Diagnostic> {
        let offset = self.offset(position);
        match root.kind {
            Kind::Name(mut path) => {
                path.push(name.to_owned());
                let place = join(&root.place, &self.place(offset..offset + name.len()));
                Ok(Syntax { place, kind: Kind::Name(path) })
            }
            _ => Err(problems::refused(self.point(position), "property")),
        }
    }

    fn method(
        &self,
        list: Syntax,
        call: &rhai::FnCallExpr,
        position: Position,
    ) -> Result<Syntax, Diagnostic> {
        let closure = match call.args.as_slice() {
            [] => None,
            [argument] => Some(self.closure(argument)?),
            _ => return Err(problems::closure_wanted(self.point(position), &call.name)),
        };
        let end = closure
            .as_ref()
            .map_or(self.start + self.offset(position) + call.name.len(), |(_, body)| body.place.range.end);
        let mut place = list.place.clone();
        place.range.end = self.close(end, "()");
        Ok(Syntax {
            place,
            kind: Kind::Each { list: Box::new(list), method: call.name.to_string(), closure },
        })
    }

    /// A closure is a function that Rhai hoisted; what it captured comes before its own parameter.
    fn closure(&self, argument: &Expr) -> Result<(String, Box<Syntax>), Diagnostic> {
        let wanted = || problems::closure_wanted(self.point(argument.position()), "|item| …");
        let pointer = match argument {
            Expr::DynamicConstant(value, _) => value,
            Expr::FnCall(call, _) if call.name.as_str() == "curry" => match call.args.first() {
                Some(Expr::DynamicConstant(value, _)) => value,
                _ => return Err(wanted()),
            },
            Expr::Stmt(block) => match block.statements().last() {
                Some(Stmt::Expr(inner)) => return self.closure(inner),
                _ => return Err(wanted()),
            },
            _ => return Err(wanted()),
        };
        let Some(pointer) = pointer.read_lock::<rhai::FnPtr>() else {
            return Err(wanted());
        };
        let (parameters, statements) = self.closures.get(pointer.fn_name()).ok_or_else(wanted)?;
        let parameter = parameters.last().ok_or_else(wanted)?;
        let body = self.statements(statements, self.start..self.start + self.text.len())?;
        Ok((parameter.to_string(), Box::new(body)))
    }

    fn call(&self, call: &rhai::FnCallExpr, position: Position) -> Result<Syntax, Diagnostic> {
        let offset = self.offset(position);
        let name = call.name.as_str();
        let arguments = |reader: &Self| {
            call.args.iter().map(|part| reader.expression(part)).collect::<Result<Vec<_>, _>>()
        };
        if call.op_token.is_none() {
            if matches!(
                name,
                "eval" | "Fn" | "call" | "curry" | "print" | "debug" | "import" | "type_of" | "is_def_var"
            ) {
                return Err(problems::refused(self.point(position), name));
            }
            let mut arguments = arguments(self)?;
            // `a in b` comes as `contains(b, a)` at the place of the word `in`.
            if name == "contains"
                && arguments.len() == 2
                && !self.text.get(offset..).unwrap_or_default().starts_with(name)
            {
                let (Some(value), Some(set)) = (arguments.pop(), arguments.pop()) else {
                    return Err(problems::refused(self.point(position), name));
                };
                let place = join(&value.place, &set.place);
                return Ok(Syntax { place, kind: Kind::In(Box::new(value), Box::new(set)) });
            }
            let end = arguments.last().map_or(self.start + offset + name.len(), |part| part.place.range.end);
            let close = if arguments.is_empty() { "()" } else { ")" };
            let range = self.start + offset..self.close(end, close);
            return Ok(Syntax {
                place: Place::new(self.source, range),
                kind: Kind::Call(name.to_owned(), arguments),
            });
        }
        let mut parts = arguments(self)?.into_iter();
        match (name, parts.next(), parts.next(), parts.next()) {
            ("!", Some(inner), None, None) => Ok(self.prefixed(offset, inner, Kind::Not)),
            ("-", Some(inner), None, None) => Ok(self.prefixed(offset, inner, Kind::Negative)),
            ("+", Some(inner), None, None) => Ok(inner),
            (".." | "..=", Some(low), Some(high), None) => {
                let place = join(&low.place, &high.place);
                let closed = name == "..=";
                Ok(Syntax {
                    place,
                    kind: Kind::Interval { low: Box::new(low), high: Box::new(high), closed },
                })
            }
            (sign, Some(left), Some(right), None) => match Operator::read(sign) {
                Some(operator) => {
                    let place = join(&left.place, &right.place);
                    Ok(Syntax { place, kind: Kind::Binary(operator, Box::new(left), Box::new(right)) })
                }
                None => Err(problems::refused(self.point(position), sign)),
            },
            (sign, ..) => Err(problems::refused(self.point(position), sign)),
        }
    }

    fn prefixed(&self, offset: usize, inner: Syntax, make: fn(Box<Syntax>) -> Kind) -> Syntax {
        let mut place = inner.place.clone();
        place.range.start = place.range.start.min(self.start + offset);
        Syntax { place, kind: make(Box::new(inner)) }
    }

    /// Moves an end (a byte of the file) over white space and the closing signs that follow it.
    fn close(&self, end: usize, signs: &str) -> usize {
        let rest = self.text.get(end.saturating_sub(self.start)..).unwrap_or_default();
        let mut reached = end;
        let mut left = signs.chars().filter(|sign| ")]}".contains(*sign)).count().max(1);
        for (offset, letter) in rest.char_indices() {
            if letter.is_whitespace() || (letter == '(' && signs == "()") {
                continue;
            }
            if left > 0 && signs.contains(letter) {
                left -= 1;
                reached = end + offset + letter.len_utf8();
                if left == 0 {
                    break;
                }
            } else {
                break;
            }
        }
        reached
    }

    fn number_length(&self, offset: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or_default();
        let digits =
            rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '.'));
        let digits = rest.get(..digits.unwrap_or(rest.len())).unwrap_or_default();
        digits.find("..").unwrap_or(digits.len())
    }

    fn string_length(&self, offset: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or_default();
        let mut escaped = false;
        for (index, letter) in rest.char_indices().skip(1) {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return index + 1,
                _ => {}
            }
        }
        rest.len()
    }
}

fn join(left: &Place, right: &Place) -> Place {
    let start = left.range.start.min(right.range.start);
    let end = left.range.end.max(right.range.end);
    Place { source: Arc::clone(&left.source), range: start..end }
}

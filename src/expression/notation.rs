//! From Rhai text to our own syntax tree: the only file that names rhai.
//!
//! Receives the text of a condition or of `functions.rhai`, hands on [`Syntax`] with the bytes of every part. Rhai parses; what
//! the language does not have is refused here, at its place. Nothing is evaluated.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rhai::{AST, ASTNode, Engine, Expr, LexError, OptimizationLevel, ParseErrorType, Position, Stmt, Token};

use super::lower::BUILTINS;
use super::problems;
use super::syntax::{Function, Kind, Operator, Syntax};
use crate::diag::Diagnostic;
use crate::source::{Place, Source};
use crate::value::Number;

/// Conditions longer than this are refused before they are parsed.
const LONGEST: usize = 8_000;
/// Deeper nesting than this is refused, so that no text can exhaust the stack of whoever walks the tree.
const DEEPEST: usize = 48;
/// Rhai counts every part of a chain such as `a || b || c` as one level more, though it makes one flat list of it.
const LONGEST_CHAIN: usize = 96;
/// More closures or shared functions than this are refused: Rhai gives their bodies only one by one.
const MOST_FUNCTIONS: usize = 200;
/// A shared function takes no more values than this.
const MOST_PARAMETERS: usize = 12;
/// Functions of Rhai that look at the program, write, or run text: there is nothing like them here.
const REFUSED_FUNCTIONS: &[&str] = &[
    "Fn",
    "call",
    "curry",
    "debug",
    "eval",
    "import",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "print",
    "type_of",
];

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
        engine.set_max_expr_depths(LONGEST_CHAIN, LONGEST_CHAIN);
        engine.set_max_functions(MOST_FUNCTIONS);
        Notation { engine }
    }
}

impl Notation {
    /// Reads a condition that stands in a file at `range`.
    ///
    /// # Errors
    ///
    /// What Rhai cannot parse, and what the language does not have.
    #[expect(
        clippy::result_large_err,
        reason = "read once for each condition; callers collect the problem as it is"
    )]
    pub fn condition(&self, source: &Arc<Source>, range: Range<usize>) -> Result<Syntax, Diagnostic> {
        let text = source.slice(&range);
        if text.len() > LONGEST {
            return Err(problems::too_long(Place::new(source, range), LONGEST));
        }
        if text.trim().is_empty() {
            return Err(problems::empty_condition(Place::new(source, range)));
        }
        let mut reader = Reader::new(source, text, range.start);
        reader.read_condition(&self.engine, range).map_err(|problem| *problem)
    }

    /// Reads the shared functions of `functions.rhai`.
    ///
    /// # Errors
    ///
    /// What Rhai cannot parse, and what the language does not have.
    #[expect(
        clippy::result_large_err,
        reason = "read once for each policy; callers collect the problem as it is"
    )]
    pub fn functions(&self, source: &Arc<Source>) -> Result<Vec<Function>, Diagnostic> {
        if source.text.len() > LONGEST * 16 {
            return Err(problems::too_long(Place::new(source, 0..0), LONGEST * 16));
        }
        let mut reader = Reader::new(source, &source.text, 0);
        reader.read_functions(&self.engine).map_err(|problem| *problem)
    }

    /// Can conditions write this name? Not the words of Rhai (`case`, `default`, `private`), nor what it cannot read as a name.
    /// Whoever declares facts, parameters and derived values asks, so that no name is declared that cannot be used.
    pub fn reads_name(&self, id: &str) -> bool {
        let source = Source::new("", id);
        match self.condition(&source, 0..id.len()) {
            Ok(Syntax { kind: Kind::Name(path), .. }) => path.join(".") == id,
            Ok(_) | Err(_) => false,
        }
    }
}

/// What a walk gives; boxed, because a problem is large and the walk goes deep.
type Read<T> = Result<T, Box<Diagnostic>>;

/// A closure or a shared function: what it takes (what it captured comes first) and what it does.
struct Hoisted {
    parameters: Vec<String>,
    body: Vec<Stmt>,
}

/// A bracket in the text.
struct Bracket {
    range: Range<usize>,
    /// Opening brackets count 1, closing ones -1, and the `()` that Rhai reads as one token nothing.
    step: isize,
}

/// Walks one parsed text.
struct Reader<'text> {
    source: &'text Arc<Source>,
    text: &'text str,
    /// Where the text begins in its file.
    start: usize,
    /// The byte of every letter, and of the end.
    letters: Vec<usize>,
    /// Which letter each line begins with.
    lines: Vec<usize>,
    /// The brackets, in order: the tree forgets them, and places without them look wrong.
    brackets: Vec<Bracket>,
    /// The functions that stand in the text, the closures among them, which Rhai hoists.
    hoisted: BTreeMap<String, Hoisted>,
    /// How deep the walk is.
    depth: Cell<usize>,
}

impl<'text> Reader<'text> {
    fn new(source: &'text Arc<Source>, text: &'text str, start: usize) -> Reader<'text> {
        let letters = text.char_indices().map(|(offset, _)| offset).chain([text.len()]).collect();
        let breaks = text.chars().enumerate().filter(|(_, letter)| *letter == '\n');
        let lines = std::iter::once(0).chain(breaks.map(|(index, _)| index + 1)).collect();
        let (brackets, hoisted) = (Vec::new(), BTreeMap::new());
        Reader { source, text, start, letters, lines, brackets, hoisted, depth: Cell::new(0) }
    }

    fn read_condition(&mut self, engine: &Engine, range: Range<usize>) -> Read<Syntax> {
        if let Some((name, position)) = self.read_tokens(engine)?.first() {
            return Err(problems::function_in_condition(self.point(*position), name).into());
        }
        let ast = engine.compile(self.text).map_err(|error| self.syntax_error(&error))?;
        self.keep_functions(&ast)?;
        self.statements(ast.statements(), range)
    }

    fn read_functions(&mut self, engine: &Engine) -> Read<Vec<Function>> {
        let mut names: BTreeMap<String, Position> = BTreeMap::new();
        for (name, position) in self.read_tokens(engine)? {
            if BUILTINS.contains(&name.as_str()) || REFUSED_FUNCTIONS.contains(&name.as_str()) {
                return Err(problems::reserved_function(self.point(position), &name).into());
            }
            if let Some(first) = names.insert(name.clone(), position) {
                let (place, first) = (self.point(position), self.point(first));
                return Err(problems::function_twice(place, first, &name).into());
            }
        }
        let ast = engine.compile(self.text).map_err(|error| self.syntax_error(&error))?;
        if let Some(statement) = ast.statements().first() {
            return self.refuse(statement.position(), "statement");
        }
        self.keep_functions(&ast)?;
        let mut functions = Vec::new();
        for (name, position) in names {
            let Some(Hoisted { parameters, body }) = self.hoisted.get(&name) else {
                return self.refuse(position, "function");
            };
            if body.is_empty() {
                return Err(problems::function_without_value(self.point(position), &name).into());
            }
            if parameters.len() > MOST_PARAMETERS {
                return Err(
                    problems::too_many_parameters(self.point(position), &name, MOST_PARAMETERS).into()
                );
            }
            let body = self.statements(body, self.point(position).range)?;
            functions.push(Function { name, parameters: parameters.clone(), body });
        }
        Ok(functions)
    }

    /// Looks at the words of a text before its tree: keeps its brackets, and refuses spellings that the tree no longer shows.
    /// Gives the names of the functions that it defines.
    fn read_tokens(&mut self, engine: &Engine) -> Read<Vec<(String, Position)>> {
        let mut functions = Vec::new();
        let texts = [self.text];
        let (mut tokens, _) = engine.lex(&texts);
        let mut after_value = false;
        while let Some((token, position)) = tokens.next() {
            let offset = self.offset(position);
            // Rhai would take `..5` for `0..5`.
            if matches!(token, Token::ExclusiveRange | Token::InclusiveRange) && !after_value {
                return Err(problems::open_interval(self.sign(position, "..")).into());
            }
            after_value = ends_a_value(&token);
            let mut bracket = |length: usize, step: isize| {
                self.brackets.push(Bracket { range: offset..offset + length, step });
            };
            #[expect(
                clippy::wildcard_enum_match_arm,
                reason = "of the tokens of Rhai only these matter here"
            )]
            match token {
                Token::LeftParen | Token::LeftBracket | Token::LeftBrace => bracket(1, 1),
                Token::MapStart | Token::QuestionBracket => bracket(2, 1),
                Token::RightParen | Token::RightBracket | Token::RightBrace => bracket(1, -1),
                Token::Unit => bracket(2, 0),
                Token::IntegerConstant(_) | Token::DecimalConstant(_) => {
                    let length = self.number_length(offset);
                    let written = self.text.get(offset..offset + length).unwrap_or_default();
                    let rest = self.text.get(offset + length..).unwrap_or_default();
                    let odd = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
                    let odd = odd.unwrap_or(rest.len());
                    if odd > 0 {
                        return Err(problems::plain_number(self.place(offset..offset + length + odd)).into());
                    }
                    let digits = written.replace('_', "");
                    if Number::parse(&digits).is_none() {
                        return Err(problems::number_too_long(self.place(offset..offset + length)).into());
                    }
                }
                Token::StringConstant(_) | Token::InterpolatedString(_) | Token::CharConstant(_)
                    if !self.text.get(offset..).unwrap_or_default().starts_with('"') =>
                {
                    return Err(problems::double_quotes(self.point(position)).into());
                }
                Token::Fn => match tokens.next() {
                    Some((Token::Identifier(name), position)) => functions.push((name.to_string(), position)),
                    Some((Token::Reserved(name), position)) => {
                        return Err(problems::reserved_function(self.point(position), &name).into());
                    }
                    Some((Token::LexError(_) | Token::EOF, _)) | None => break,
                    Some((_, position)) => return self.refuse(position, "fn"),
                },
                Token::Const => return self.refuse(position, "const"),
                Token::Private => return self.refuse(position, "private"),
                // The parser says it better.
                Token::LexError(_) | Token::EOF => break,
                _ => {}
            }
        }
        Ok(functions)
    }

    fn keep_functions(&mut self, ast: &AST) -> Read<()> {
        let functions: Vec<_> = ast.shared_lib().iter_script_fn_info().collect();
        if let Some((.., definition)) = functions.get(MOST_FUNCTIONS) {
            let place = self.point(definition.body.start_position());
            return Err(problems::too_many_functions(place, MOST_FUNCTIONS).into());
        }
        for (.., name, count, definition) in functions {
            if definition.this_type.is_some() {
                return self.refuse(definition.body.start_position(), "this");
            }
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
            self.hoisted.insert(name.to_owned(), Hoisted { parameters, body });
        }
        Ok(())
    }

    /// The byte of the text at which Rhai saw something.
    fn offset(&self, position: Position) -> usize {
        let (Some(line), column) = (position.line(), position.position().unwrap_or(1)) else {
            return 0;
        };
        let begin = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.letters.len());
        self.letters.get(begin + column.saturating_sub(1)).copied().unwrap_or(self.text.len())
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

    /// From the start of one part to the end of another, with the brackets that belong to what stands between.
    fn span(&self, start: usize, end: usize) -> Place {
        let (mut start, mut end) = (start - self.start, end - self.start);
        let first = self.brackets.partition_point(|bracket| bracket.range.start < start);
        let after = self.brackets.partition_point(|bracket| bracket.range.start < end);
        let (mut open, mut shut) = (0_isize, 0_isize);
        for bracket in self.brackets.get(first..after).unwrap_or_default() {
            open += bracket.step;
            if open < 0 {
                (open, shut) = (0, shut + 1);
            }
        }
        for bracket in self.brackets.get(after..).unwrap_or_default() {
            if open == 0 {
                break;
            }
            open += bracket.step;
            end = bracket.range.end;
        }
        for bracket in self.brackets.get(..first).unwrap_or_default().iter().rev() {
            if shut == 0 {
                break;
            }
            shut -= bracket.step;
            start = bracket.range.start;
        }
        self.place(start..end)
    }

    /// Two parts, and all between them.
    fn join(&self, left: &Place, right: &Place) -> Place {
        self.span(left.range.start.min(right.range.start), left.range.end.max(right.range.end))
    }

    /// A name with the brackets that follow it.
    fn with_brackets(&self, offset: usize, name: &str) -> Place {
        let end = offset + name.len();
        let next = self.brackets.partition_point(|bracket| bracket.range.start < end);
        let end = self.brackets.get(next).map_or(end, |bracket| bracket.range.end);
        self.span(self.start + offset, self.start + end)
    }

    fn refuse<T>(&self, position: Position, what: &str) -> Read<T> {
        Err(problems::refused(self.point(position), what).into())
    }

    fn syntax_error(&self, error: &rhai::ParseError) -> Box<Diagnostic> {
        let place = self.point(error.position());
        // A sign of another keyboard or language explains what Rhai stumbled over, wherever it stumbled.
        if !matches!(error.err_type(), ParseErrorType::ExprTooDeep | ParseErrorType::TooManyFunctions)
            && let Some((range, slip)) = slip(self.text)
        {
            return Box::new(problems::slip(self.place(range), slip));
        }
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the words of Rhai serve for the rest of its many errors"
        )]
        let problem = match error.err_type() {
            ParseErrorType::ExprTooDeep => problems::too_deep(place),
            ParseErrorType::TooManyFunctions => problems::too_many_functions(place, MOST_FUNCTIONS),
            ParseErrorType::UnexpectedEOF => problems::ends_too_early(place),
            ParseErrorType::Reserved(word) | ParseErrorType::UnknownOperator(word) => {
                problems::refused(place, word)
            }
            ParseErrorType::MissingToken(..) if place.range.is_empty() => problems::ends_too_early(place),
            ParseErrorType::MissingToken(sign, _) if sign == ";" => problems::out_of_place(place),
            ParseErrorType::MissingToken(sign, _) => problems::missing_sign(place, sign),
            ParseErrorType::BadInput(LexError::UnexpectedInput(_)) => problems::out_of_place(place),
            other => problems::expression_syntax(place, &other.to_string()),
        };
        Box::new(problem)
    }

    /// One level further down.
    fn deeper<T>(&self, position: Position, walk: impl FnOnce() -> Read<T>) -> Read<T> {
        if self.depth.get() >= DEEPEST {
            return Err(problems::too_deep(self.point(position)).into());
        }
        self.depth.set(self.depth.get() + 1);
        let result = walk();
        self.depth.set(self.depth.get() - 1);
        result
    }

    fn statements(&self, statements: &[Stmt], whole: Range<usize>) -> Read<Syntax> {
        let Some((first, rest)) = statements.split_first() else {
            return Err(problems::empty_condition(Place::new(self.source, whole)).into());
        };
        self.deeper(first.position(), || self.statement(first, rest, whole))
    }

    fn statement(&self, first: &Stmt, rest: &[Stmt], whole: Range<usize>) -> Read<Syntax> {
        match first {
            Stmt::Var(binding, ..) => {
                let (name, value, _) = &**binding;
                let at = self.point(name.pos);
                if matches!(value, Expr::Unit(_)) {
                    return Err(problems::let_without_value(at).into());
                }
                let value = self.expression(value)?;
                if rest.is_empty() {
                    return Err(problems::let_without_use(at).into());
                }
                let body = self.statements(rest, whole)?;
                let place = self.join(&at, &body.place);
                Ok(Syntax { place, kind: Kind::Let(name.name.to_string(), Box::new(value), Box::new(body)) })
            }
            Stmt::Share(_) => self.statements(rest, whole),
            _ if !rest.is_empty() => self.refuse(first.position(), "statement"),
            Stmt::Expr(expression) => self.expression(expression),
            Stmt::FnCall(call, position) => self.call(call, *position),
            Stmt::Block(block) => self.statements(block.statements(), whole),
            Stmt::If(flow, position) => {
                let condition = self.expression(&flow.expr)?;
                let then = self.statements(flow.body.statements(), whole.clone())?;
                if flow.branch.statements().iter().all(Stmt::is_noop) {
                    return Err(problems::if_without_else(self.point(*position)).into());
                }
                let otherwise = self.statements(flow.branch.statements(), whole)?;
                let place = self.join(&self.point(*position), &otherwise.place);
                Ok(Syntax { place, kind: Kind::If(Box::new(condition), Box::new(then), Box::new(otherwise)) })
            }
            Stmt::Switch(_, position) => self.refuse(*position, "switch"),
            Stmt::While(_, position) | Stmt::Do(_, _, position) | Stmt::For(_, position) => {
                self.refuse(*position, "loop")
            }
            Stmt::Assignment(assignment) => self.refuse(assignment.0.position(), "assignment"),
            Stmt::TryCatch(_, position) => self.refuse(*position, "try"),
            Stmt::BreakLoop(_, _, position) | Stmt::Return(_, _, position) => self.refuse(*position, "jump"),
            Stmt::Noop(position) => self.refuse(*position, "statement"),
            other => self.refuse(other.position(), "statement"),
        }
    }

    fn expression(&self, expression: &Expr) -> Read<Syntax> {
        self.deeper(expression.position(), || self.part(expression))
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is left stands only inside other parts, or is custom syntax, which is not there"
    )]
    fn part(&self, expression: &Expr) -> Read<Syntax> {
        let position = expression.position();
        let offset = self.offset(position);
        let refused = |what: &str| self.refuse(position, what);
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
                let Ok(decimal) = value.as_decimal() else {
                    return refused("function value");
                };
                match Number::parse(&decimal.to_string()) {
                    Some(number) => Ok(self.leaf(offset, self.number_length(offset), Kind::Number(number))),
                    None => Err(problems::number_too_long(self.point(position)).into()),
                }
            }
            Expr::Variable(variable, ..) => {
                let name = variable.1.to_string();
                Ok(self.leaf(offset, name.len(), Kind::Name(vec![name])))
            }
            Expr::Array(parts, _) => {
                let parts = parts.iter().map(|part| self.expression(part)).collect::<Read<Vec<_>>>()?;
                Ok(Syntax { place: self.with_brackets(offset, ""), kind: Kind::List(parts) })
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
                self.statements(block.statements(), self.start + offset..self.start + offset + 1)
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

    fn connective(&self, parts: &[Expr], make: fn(Vec<Syntax>) -> Kind) -> Read<Syntax> {
        let parts = parts.iter().map(|part| self.expression(part)).collect::<Read<Vec<_>>>()?;
        let place = match (parts.first(), parts.last()) {
            (Some(first), Some(last)) => self.join(&first.place, &last.place),
            _ => self.place(0..self.text.len()),
        };
        Ok(Syntax { place, kind: make(parts) })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else follows a name is some kind of index")]
    fn path(&self, root: Syntax, rest: &Expr) -> Read<Syntax> {
        self.deeper(rest.position(), || match rest {
            Expr::Property(property, position) => self.step(root, &property.2, *position),
            Expr::Dot(pair, flags, position) => {
                if flags.intersects(rhai::ASTFlags::NEGATED) {
                    return self.refuse(*position, "?.");
                }
                let root = self.path(root, &pair.lhs)?;
                self.path(root, &pair.rhs)
            }
            Expr::MethodCall(call, position) => self.method(root, call, *position),
            other => self.refuse(other.position(), "index"),
        })
    }

    fn step(&self, root: Syntax, name: &str, position: Position) -> Read<Syntax> {
        let Kind::Name(mut path) = root.kind else {
            return self.refuse(position, "property");
        };
        path.push(name.to_owned());
        Ok(Syntax { place: self.join(&root.place, &self.point(position)), kind: Kind::Name(path) })
    }

    fn method(&self, list: Syntax, call: &rhai::FnCallExpr, position: Position) -> Read<Syntax> {
        let closure = match call.args.as_slice() {
            [] => None,
            [argument] => Some(self.closure(argument, call, position)?),
            _ => return Err(problems::closure_wanted(self.point(position), &call.name).into()),
        };
        let place = self.join(&list.place, &self.with_brackets(self.offset(position), &call.name));
        Ok(Syntax {
            place,
            kind: Kind::Each { list: Box::new(list), method: call.name.to_string(), closure },
        })
    }

    /// A closure is a function that Rhai hoisted; what it captured comes before its own parameter.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all that is not a closure is refused in the same words"
    )]
    fn closure(
        &self,
        argument: &Expr,
        method: &rhai::FnCallExpr,
        position: Position,
    ) -> Read<(String, Box<Syntax>)> {
        let wanted = || problems::closure_wanted(self.point(position), &method.name);
        let call = match argument {
            // What captures stands in a block that first shares the captured names.
            Expr::Stmt(block) => match block.statements() {
                [Stmt::Share(_), Stmt::Expr(inner)] => inner,
                _ => return Err(wanted().into()),
            },
            other => other,
        };
        let (pointer, captured) = match call {
            Expr::DynamicConstant(value, _) => (value, 0),
            Expr::FnCall(call, _) if call.name.as_str() == "curry" => match call.args.split_first() {
                Some((Expr::DynamicConstant(value, _), captured)) => (value, captured.len()),
                _ => return Err(wanted().into()),
            },
            _ => return Err(wanted().into()),
        };
        let pointer = pointer.read_lock::<rhai::FnPtr>().ok_or_else(wanted)?;
        let Hoisted { parameters, body } = self.hoisted.get(pointer.fn_name()).ok_or_else(wanted)?;
        let Some([parameter]) = parameters.get(captured..) else {
            return Err(wanted().into());
        };
        let body = self.statements(body, self.point(argument.position()).range)?;
        Ok((parameter.clone(), Box::new(body)))
    }

    fn call(&self, call: &rhai::FnCallExpr, position: Position) -> Read<Syntax> {
        let offset = self.offset(position);
        let name = call.name.as_str();
        if call.capture_parent_scope {
            return Err(problems::refused(self.point(position), &format!("{name}!")).into());
        }
        // `a in b` comes as `contains(b, a)` at the place of the word `in`, and so does `a !in b`.
        let rest = self.text.get(offset..).unwrap_or_default();
        if name == "contains" && (rest.starts_with("in") || rest.starts_with("!in")) {
            let [set, value] = call.args.as_slice() else {
                return self.refuse(position, name);
            };
            let (value, set) = (self.expression(value)?, self.expression(set)?);
            let place = self.join(&value.place, &set.place);
            return Ok(Syntax { place, kind: Kind::In(Box::new(value), Box::new(set)) });
        }
        if call.op_token.is_none() && REFUSED_FUNCTIONS.contains(&name) {
            return self.refuse(position, name);
        }
        if matches!(name, ".." | "..=") && call.args.iter().any(|end| matches!(end, Expr::Unit(_))) {
            return Err(problems::open_interval(self.sign(position, name)).into());
        }
        let arguments = call.args.iter().map(|part| self.expression(part)).collect::<Read<Vec<_>>>()?;
        if call.op_token.is_none() {
            let place = self.with_brackets(offset, name);
            return Ok(Syntax { place, kind: Kind::Call(name.to_owned(), arguments) });
        }
        let mut parts = arguments.into_iter();
        match (name, parts.next(), parts.next(), parts.next()) {
            ("!", Some(inner), None, None) => Ok(self.prefixed(offset, inner, Kind::Not)),
            ("-", Some(inner), None, None) => Ok(self.prefixed(offset, inner, Kind::Negative)),
            ("+", Some(inner), None, None) => Ok(inner),
            (".." | "..=", Some(low), Some(high), None) => {
                let place = self.join(&low.place, &high.place);
                let closed = name == "..=";
                Ok(Syntax {
                    place,
                    kind: Kind::Interval { low: Box::new(low), high: Box::new(high), closed },
                })
            }
            (sign, Some(left), Some(right), None) => match Operator::read(sign) {
                Some(operator) => {
                    let place = self.join(&left.place, &right.place);
                    Ok(Syntax { place, kind: Kind::Binary(operator, Box::new(left), Box::new(right)) })
                }
                None => Err(problems::refused(self.sign(position, sign), sign).into()),
            },
            (sign, ..) => Err(problems::refused(self.sign(position, sign), sign).into()),
        }
    }

    /// An operator of several signs.
    fn sign(&self, position: Position, sign: &str) -> Place {
        let offset = self.offset(position);
        self.place(offset..offset + sign.len())
    }

    fn prefixed(&self, offset: usize, inner: Syntax, make: fn(Box<Syntax>) -> Kind) -> Syntax {
        let start = inner.place.range.start.min(self.start + offset);
        Syntax { place: self.span(start, inner.place.range.end), kind: make(Box::new(inner)) }
    }

    /// Digits, with a point and with `_` between them; before them a minus sign, which Rhai makes part of the number.
    fn number_length(&self, offset: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or_default();
        let digits_after = |from: usize| {
            let rest = rest.get(from..).unwrap_or_default();
            rest.find(|letter: char| !letter.is_ascii_digit() && letter != '_').unwrap_or(rest.len())
        };
        let unsigned =
            rest.trim_start_matches(|letter: char| "-+".contains(letter) || letter.is_whitespace());
        let sign = rest.len() - unsigned.len();
        let whole = sign + digits_after(sign);
        match rest.get(whole..).and_then(|rest| rest.strip_prefix('.')) {
            Some(part) if part.starts_with(|letter: char| letter.is_ascii_digit()) => {
                whole + 1 + digits_after(whole + 1)
            }
            _ => whole,
        }
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

/// A word or sign that people write for one of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slip<'t> {
    /// «،», «؛».
    Comma,
    /// «٣».
    Digits,
    /// `’`, `“`, «».
    Quotes,
    /// A sign or word, and the one of the language: `=` for `==`, `not` for `!`.
    Instead(&'t str, &'static str),
}

/// What people write for signs and words of the language.
const INSTEAD: &[(&str, &str)] = &[
    ("not", "!"),
    ("and", "&&"),
    ("or", "||"),
    ("=", "=="),
    ("<>", "!="),
    ("=<", "<="),
    ("=>", ">="),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("×", "*"),
    ("÷", "/"),
    ("−", "-"),
];

/// The first slip in a text that cannot be read; what stands in quotes is passed over.
fn slip(text: &str) -> Option<(Range<usize>, Slip<'_>)> {
    let mut in_quotes = false;
    let mut rest = text.char_indices().peekable();
    while let Some((at, letter)) = rest.next() {
        if letter == '"' {
            in_quotes = !in_quotes;
        }
        if in_quotes {
            continue;
        }
        let of_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
        let of_sign = |letter: char| "=<>!".contains(letter);
        let here = at..at + letter.len_utf8();
        match letter {
            '،' | '؛' => return Some((here, Slip::Comma)),
            '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' => return Some((here, Slip::Digits)),
            '’' | '‘' | '“' | '”' | '„' | '«' | '»' => return Some((here, Slip::Quotes)),
            _ => {}
        }
        // A whole word, or a whole run of signs.
        let mut end = here.end;
        let alike: Option<&dyn Fn(char) -> bool> = if of_word(letter) {
            Some(&of_word)
        } else if of_sign(letter) {
            Some(&of_sign)
        } else {
            None
        };
        if let Some(alike) = alike {
            while let Some((next, letter)) = rest.next_if(|(_, letter)| alike(*letter)) {
                end = next + letter.len_utf8();
            }
        }
        let word = text.get(at..end).unwrap_or_default();
        // `let size = 3;` is as it should be.
        let statement = text.get(..at).unwrap_or_default().rsplit(';').next().unwrap_or_default();
        let is_let = word == "=" && statement.split_whitespace().any(|word| word == "let");
        if let Some((_, right)) = INSTEAD.iter().find(|(wrong, _)| *wrong == word && !is_let) {
            return Some((at..end, Slip::Instead(word, right)));
        }
    }
    None
}

/// Can a value end with this?
fn ends_a_value(token: &Token) -> bool {
    matches!(
        token,
        Token::IntegerConstant(_)
            | Token::DecimalConstant(_)
            | Token::StringConstant(_)
            | Token::Identifier(_)
            | Token::True
            | Token::False
            | Token::Unit
            | Token::RightParen
            | Token::RightBracket
            | Token::RightBrace
    )
}

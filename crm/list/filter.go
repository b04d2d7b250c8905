package list

import (
	"fmt"
	"strings"

	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The filter language is AIP-160: comparisons joined by AND, OR, NOT and parentheses, where OR binds tighter
// than AND. Values stand right, in quotes when they hold anything but letters; me, true, false, ago("7d"),
// ahead("2w") and timestamps or dates in quotes are known. field:* asks whether a field is set.
const (
	maxFilterBytes = 4096
	maxFilterDepth = 20
)

// compiler turns a parsed filter into SQL for one resource and caller.
type compiler struct {
	resource *Resource
	q        *tenant.Query
	filter   string
	// positions are where each expression begins, by its id.
	positions map[int64]int32
	compiled
}

// compiled is a filter as SQL.
type compiled struct {
	where Condition
	// pinned are the fields that the whole filter holds to one value each.
	pinned map[string]bool
	// candidates are statements, each of which finds by an index the ids of all records that can meet the filter.
	// owned are those that find them by their owner, which most orders have in their index already.
	candidates, owned []Condition
}

// compile returns what a filter means; an empty one means "1=1". It returns *tenant.InvalidError that says where the
// mistake is, and which fields there are when one is unknown.
func compile(q *tenant.Query, r *Resource, filter string) (compiled, error) {
	c := compiler{resource: r, q: q, filter: filter, compiled: compiled{where: Always(), pinned: map[string]bool{}}}
	if strings.TrimSpace(filter) == "" {
		return c.compiled, nil
	}
	if len(filter) > maxFilterBytes {
		return compiled{}, badFilter("too_long", "", fmt.Sprintf("is longer than %d bytes", maxFilterBytes))
	}
	// Parentheses within quotes count too, so this only keeps the parser's own stack small; the real depth
	// is measured below.
	if strings.Count(filter, "(") > 10*maxFilterDepth {
		return compiled{}, tooDeep()
	}
	var parser filtering.Parser
	parser.Init(filter)
	parsed, err := parser.Parse()
	if err != nil {
		return compiled{}, filterSyntax(filter, err)
	}
	c.positions = parsed.GetSourceInfo().GetPositions()
	c.where, err = c.expression(parsed.GetExpr(), 0, true)
	return c.compiled, err
}

// expression compiles one node. held says that it must be true for the whole filter to be.
func (c *compiler) expression(e *expr.Expr, depth int, held bool) (Condition, error) {
	if depth > maxFilterDepth {
		return Condition{}, tooDeep()
	}
	call := e.GetCallExpr()
	if call == nil {
		return Condition{}, c.at(e, badFilter("value_alone", "", "has a value that stands alone; compare it with a field, or search with q"))
	}
	switch call.GetFunction() {
	case filtering.FunctionAnd:
		return c.join(e, depth, held)
	case filtering.FunctionOr:
		return c.join(e, depth, false)
	case filtering.FunctionNot:
		inner, err := c.expression(call.GetArgs()[0], depth+1, false)
		return Not(inner), err
	case filtering.FunctionEquals, filtering.FunctionNotEquals, filtering.FunctionLessThan,
		filtering.FunctionLessEquals, filtering.FunctionGreaterThan, filtering.FunctionGreaterEquals, filtering.FunctionHas:
		condition, err := c.comparison(call, held)
		return condition, c.at(e, err)
	case filtering.FunctionFuzzyAnd:
		return Condition{}, c.at(e, badFilter("side_by_side", "", "has conditions side by side; join them with AND or OR"))
	}
	return Condition{}, c.at(e, badFilter("function_alone", "", "has a function that stands alone; ago(\"7d\") and ahead(\"7d\") stand right of a time"))
}

func (c *compiler) join(e *expr.Expr, depth int, held bool) (Condition, error) {
	function := e.GetCallExpr().GetFunction()
	var parts []Condition
	for _, operand := range chain(e, function) {
		part, err := c.expression(operand, depth+1, held)
		if err != nil {
			return Condition{}, err
		}
		parts = append(parts, part)
	}
	return joined(function, parts), nil
}

// chain returns the operands of a AND b AND c, which the parser nests to the left; only real nesting counts as depth.
func chain(e *expr.Expr, function string) []*expr.Expr {
	call := e.GetCallExpr()
	if call == nil || call.GetFunction() != function {
		return []*expr.Expr{e}
	}
	var operands []*expr.Expr
	for _, arg := range call.GetArgs() {
		operands = append(operands, chain(arg, function)...)
	}
	return operands
}

func (c *compiler) comparison(call *expr.Expr_Call, held bool) (Condition, error) {
	name, ok := pathOf(call.GetArgs()[0])
	if !ok {
		return Condition{}, badFilter("no_field", "", "has a comparison whose left side is not a field")
	}
	f, ok := c.resource.Fields[name]
	if !ok {
		return Condition{}, notKnown("unknown_field", "", "names a field that is not known", c.resource.fieldNames())
	}
	if c.q.Caller.Masked[f.Mask] {
		return Condition{}, masked("filter", name)
	}
	operator, right := call.GetFunction(), call.GetArgs()[1]
	if operator == filtering.FunctionHas {
		return c.has(name, f, right, held)
	}
	if f.Kind == Tags || f.Kind == Choices {
		return Condition{}, badFilter("needs_has", name, fmt.Sprintf("compares %s; ask for a member of it with %s:\"name\"", name, name))
	}
	value, err := c.value(name, f, right)
	if err != nil {
		return Condition{}, err
	}
	switch operator {
	case filtering.FunctionEquals:
		exactly := held && !isPattern(f, value)
		c.pinned[name] = c.pinned[name] || exactly
		return c.found(name, f, c.equals(f, value), exactly), nil
	case filtering.FunctionNotEquals:
		return Not(c.found(name, f, c.equals(f, value), false)), nil
	}
	if f.Kind != Number && f.Kind != Time && f.Kind != Date {
		return Condition{}, badFilter("no_order", name, "orders "+name+", which only = != and : apply to")
	}
	return c.found(name, f, f.ordered(operator, value), held), nil
}

// ordered compares by size. A sort column of its own holds what the column does where that is set: it is compared too,
// because it is the one that keys have.
func (f Field) ordered(operator string, value any) Condition {
	by := func(column string) Condition { return Condition{column + " " + operator + " ?", []any{value}} }
	if f.Side != nil || f.Sort == "" || f.Sort == f.Column {
		return by(f.Column)
	}
	return All(by(f.Column), by(f.Sort))
}

// isPattern reports whether a text begins or ends with *, the wildcard of AIP-160.
func isPattern(f Field, value any) bool {
	text, ok := value.(string)
	return ok && f.Kind == Text && len(text) > 1 && (strings.HasPrefix(text, "*") || strings.HasSuffix(text, "*"))
}

func (c *compiler) equals(f Field, value any) Condition {
	if f.Derive != nil {
		derived := f.Derive(c.q)
		if value == false {
			return Not(derived)
		}
		return derived
	}
	if !isPattern(f, value) {
		return Condition{f.Column + " = ?", []any{value}}
	}
	text, _ := value.(string)
	pattern := literal.Replace(strings.Trim(text, "*"))
	if strings.HasPrefix(text, "*") {
		pattern = "%" + pattern
	}
	if strings.HasSuffix(text, "*") {
		pattern += "%"
	}
	return like(f.Column, pattern)
}

// has is field:value: being set (*), containing a text, having a tag; for other kinds it is the same as =.
func (c *compiler) has(name string, f Field, right *expr.Expr, held bool) (Condition, error) {
	if text, ok := textOf(right); ok && text == "*" {
		return c.isSet(name, f), nil
	}
	value, err := c.value(name, f, right)
	if err != nil {
		return Condition{}, err
	}
	text, _ := value.(string)
	switch f.Kind {
	case Tags:
		return c.tagged(f, value, held), nil
	case Text:
		return c.found(name, f, Contains(f.Column, text), false), nil
	}
	return c.found(name, f, c.equals(f, value), held), nil
}

func (c *compiler) isSet(name string, f Field) Condition {
	switch {
	case f.Side != nil, f.Within != "":
		return c.found(name, f, Always(), false)
	case f.Kind == Tags:
		return Condition{SQL: `EXISTS (SELECT 1 FROM company.record_tags rt WHERE rt.record_id = ` + f.Column + `)`}
	case f.Kind == Text:
		return Condition{SQL: "COALESCE(" + f.Column + ", '') <> ''"}
	case f.Nullable:
		return Condition{SQL: f.Column + " IS NOT NULL"}
	}
	return Always()
}

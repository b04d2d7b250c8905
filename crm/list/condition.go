package list

import "strings"

// Condition is a piece of SQL with its arguments.
type Condition struct {
	SQL  string
	Args []any
}

// Always holds for every row.
func Always() Condition { return Condition{SQL: "1=1"} }

// Not is true where inner is false or unknown: what is unset is not equal to anything.
func Not(inner Condition) Condition {
	return Condition{"NOT COALESCE((" + inner.SQL + "), 0)", inner.Args}
}

// All is true where each of the conditions is.
func All(conditions ...Condition) Condition { return chained("AND", conditions) }

// Any is true where one of the conditions is; there must be one.
func Any(conditions ...Condition) Condition { return joined("OR", conditions) }

// joined is chained in parentheses.
func joined(word string, conditions []Condition) Condition {
	c := chained(word, conditions)
	return Condition{"(" + c.SQL + ")", c.Args}
}

func chained(word string, conditions []Condition) Condition {
	parts := make([]string, len(conditions))
	var args []any
	for i, c := range conditions {
		parts[i] = c.SQL
		args = append(args, c.Args...)
	}
	return Condition{strings.Join(parts, " "+word+" "), args}
}

// Contains is true where the column holds the text somewhere.
func Contains(column, text string) Condition { return like(column, "%"+literal.Replace(text)+"%") }

func like(column, pattern string) Condition {
	return Condition{column + " LIKE ? ESCAPE '!'", []any{pattern}}
}

// literal makes text stand for itself in a LIKE pattern with ESCAPE '!'.
var literal = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

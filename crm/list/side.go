package list

import "fmt"

// fewRows is how many candidates are read one by one rather than the whole company in the order of the list.
const fewRows = 500

// found is true for the records whose value meets the condition. narrows says that the whole filter needs it to, and
// that an index finds such values.
func (c *compiler) found(name string, f Field, value Condition, narrows bool) Condition {
	if f.Within != "" {
		return Condition{fmt.Sprintf(f.Within, value.SQL), value.Args}
	}
	if f.Side == nil {
		if narrows && name == c.resource.Owner {
			c.owned = append(c.owned, c.resource.among(value))
		}
		return value
	}
	if narrows {
		c.candidates = append(c.candidates, Condition{
			fmt.Sprintf("SELECT v.record_id FROM %s v WHERE v.field_id = ? AND %s", f.Side.Table, value.SQL), append([]any{f.Side.Field}, value.Args...),
		})
	}
	return f.Side.holds(c.resource, value)
}

// Has is true for the records that have a value.
func (s *Side) Has(r *Resource) Condition { return s.holds(r, Always()) }

// holds is true for the records that have a value which meets the condition.
func (s *Side) holds(r *Resource, value Condition) Condition {
	// Not EXISTS: the database would turn that round and collect all values of the company that meet the condition.
	return Condition{fmt.Sprintf("(SELECT 1 FROM %s v FORCE INDEX (PRIMARY) WHERE v.record_id = %s.id AND v.field_id = ? AND %s LIMIT 1) IS NOT NULL",
		s.Table, r.Alias, value.SQL), append([]any{s.Field}, value.Args...)}
}

// tagged is true for the records that have a tag.
func (c *compiler) tagged(f Field, key any, narrows bool) Condition {
	const tags = `FROM company.record_tags rt JOIN company.tags t ON t.id = rt.tag_id WHERE t.name_key = ?`
	if narrows {
		c.candidates = append(c.candidates, Condition{"SELECT rt.record_id " + tags, []any{key}})
	}
	return Condition{"EXISTS (SELECT 1 " + tags + " AND rt.record_id = " + f.Column + ")", []any{key}}
}

// among finds the ids of the live records that meet a condition.
func (r *Resource) among(c Condition) Condition {
	return Condition{fmt.Sprintf("SELECT %[2]s.id FROM %[1]s %[2]s WHERE %[3]s AND %[4]s", r.Table, r.Alias, r.Live, c.SQL), c.Args}
}

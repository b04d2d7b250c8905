package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// customPrefix stands before the key of a custom field wherever it is named beside the others.
const customPrefix = "custom."

// listField is the field as lists know it.
func (f *CustomField) listField() list.Field {
	t := typeNamed(f.Type)
	of := list.Field{Kind: t.kind, Column: "v.value", Nullable: true, Side: &list.Side{Table: "company." + t.table, Field: f.ID}}
	for _, o := range f.Options {
		of.Values = append(of.Values, o.Key)
	}
	of.Mask = map[string]string{phoneField: maskPhone, emailField: maskEmail}[f.Type]
	if t.kind == list.Member {
		of.Kept = func(v any) any { return fmt.Sprint(v) }
	}
	if t.sorts {
		of.Sort, of.Side.Index = "v.value", t.table+"_value"
		if t.table == fieldTexts {
			of.Sort, of.Side.Index = "v.sort", fieldTexts+"_sort"
		}
	}
	return of
}

// customised returns a resource with the company's own fields, if the query asks for one.
func customised(ctx context.Context, q *tenant.Query, r *list.Resource, in ListQuery) (*list.Resource, error) {
	at := slices.IndexFunc(customNouns(), func(n customNoun) bool { return n.resource.Name == r.Name })
	if at < 0 || !strings.Contains(in.Filter, customPrefix) && !strings.HasPrefix(strings.TrimSpace(in.OrderBy), customPrefix) {
		return r, nil
	}
	fields, err := readFields(ctx, q, customNouns()[at].name, false)
	more := map[string]list.Field{}
	for i := range fields {
		if f := &fields[i]; !f.Archived {
			more[customPrefix+f.Key] = f.listField()
		}
	}
	return r.With(more), err
}

package api

import (
	"strconv"
	"strings"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// item is the answer that holds one record.
type item[T any] struct {
	ETag string `header:"ETag" doc:"The record's version. Send it as If-Match to change just this version."`
	Body T
}

// created is the answer to a POST that made a record.
type created[T any] struct {
	Location string `header:"Location" doc:"Where the record can be read."`
	ETag     string `header:"ETag" doc:"The record's version."`
	Body     T
}

// list is the answer that holds one page.
type list[T any] struct{ Body crm.Page[T] }

// all is the answer for collections that are always small.
type all[T any] struct {
	Body struct {
		Data []T `json:"data" nullable:"false"`
	}
}

func allOf[T any](data []T) *all[T] {
	out := &all[T]{}
	out.Body.Data = append([]T{}, data...)
	return out
}

// nothing is the answer without a body.
type nothing struct{}

// ListInput is what every list takes. It is exported to be embedded.
type ListInput struct {
	Filter  string `query:"filter" maxLength:"4096" doc:"AIP-160 filter. OR binds tighter than AND." example:"lifecycle = \"interested\" AND owner = me"`
	Q       string `query:"q" maxLength:"200" doc:"Search in all texts of the record: any part of a name, phone or e-mail; pinyin and initials find Chinese names."`
	OrderBy string `query:"order_by" maxLength:"100" doc:"A sortable field, followed by desc to turn it round." example:"updated_at desc"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"20" doc:"How many records a page holds."`
	Cursor  string `query:"cursor" maxLength:"2000" doc:"next_cursor of the page before. It fits only the same filter, q and order_by."`
	Count   bool   `query:"count" doc:"Adds total, counted up to 1000."`
}

func (in ListInput) query() crm.ListQuery {
	return crm.ListQuery{Filter: in.Filter, Q: in.Q, OrderBy: in.OrderBy, Limit: in.Limit, Cursor: in.Cursor, Count: in.Count}
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// IfMatch is embedded by inputs that change one record. Embedded inputs are exported, because the framework
// reads exported fields only.
type IfMatch struct {
	ETag string `header:"If-Match" maxLength:"64" doc:"The ETag that was read; the change is refused (412) when the record has moved on."`
}

// version returns the version the client insists on, or 0 when it does not.
func (in IfMatch) version() (int64, error) {
	text := strings.TrimSpace(in.ETag)
	if text == "" || text == "*" {
		return 0, nil
	}
	v, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(text, "W/"), `"`), 10, 64)
	if err != nil || v <= 0 {
		return 0, tenant.Invalid("If-Match", "invalid", "send the ETag as it was received")
	}
	return v, nil
}

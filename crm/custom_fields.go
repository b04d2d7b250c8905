package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

type customFieldKind struct{}

func (customFieldKind) Prefix() string { return "fld" }

// CustomFieldID identifies a custom field (fld_…).
type CustomFieldID = tenant.ID[customFieldKind]

// CustomField is a field that a company adds to its records by itself: 自定义字段.
type CustomField struct {
	ID       CustomFieldID `db:"id" json:"id" doc:"The field's id."`
	Resource string        `db:"resource" json:"resource" enum:"customer,contact,deal,task" doc:"Which records have it." example:"customer"`
	Key      string        `db:"field_key" json:"key" doc:"The field's name in JSON and, behind custom., in filters. It never changes." example:"budget"`
	Type     string        `db:"type" json:"type" enum:"text,long_text,number,money,date,datetime,choice,choices,member,link,phone,email,yes_no" doc:"What its values are. It never changes." example:"money"`
	Label    FieldLabel    `db:"label" json:"label" doc:"What forms call it."`
	Help     string        `db:"help" json:"help" doc:"What to fill in, for forms." example:"What they may spend this year."`
	Section  string        `db:"section" json:"section" doc:"Part of the form that it stands in; empty for the first." example:"Procurement"`
	Position int           `db:"position" json:"position" doc:"Place among the fields of its records, from 1." example:"3"`
	Required bool          `db:"required" json:"required" doc:"Whether records have to have a value."`
	Unique   bool          `db:"is_unique" json:"unique" doc:"Whether no two records may have the same value."`
	// Preset is for what people make; what rules make goes without.
	Preset json.RawMessage `db:"preset" json:"default" doc:"What a new record gets when its maker does not say; null for nothing."`
	// The rest is there for some types only.
	Options   fieldOptions    `db:"options" json:"options" nullable:"false" doc:"Of choice and choices: what can be chosen, in order."`
	Decimals  *int            `db:"decimals" json:"decimals" doc:"Of number: how many digits it has behind the point." example:"2"`
	Unit      string          `db:"unit" json:"unit" doc:"Of number: what is counted." example:"kg"`
	Currency  *string         `db:"currency" json:"currency" doc:"Of money: the one currency of its values, so that they can be compared (ISO 4217)." example:"CNY"`
	Min       *float64        `db:"min_value" json:"min" doc:"Least value of number, least amount of money in minor units, least number of characters of text and long_text." example:"1"`
	Max       *float64        `db:"max_value" json:"max" doc:"The same at the upper end." example:"5"`
	Archived  bool            `db:"archived" json:"archived" doc:"Whether it is out of use: its values stay, but forms, filters and changes leave it out."`
	PurgeAt   *time.Time      `db:"purge_at" json:"purge_at" doc:"When a deleted field goes with all its values (UTC); null for one that stays."`
	CreatedBy tenant.MemberID `db:"created_by" json:"created_by" nullable:"true" doc:"Who made it; null for the system."`
	CreatedAt time.Time       `db:"created_at" json:"created_at" doc:"When it was made (UTC)."`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at" doc:"Last change (UTC)."`
	Version   int64           `db:"version" json:"-"`
}

// FieldLabel is what something is called in the languages of the product. One is enough; it is shown in place of the other.
type FieldLabel struct {
	ZH string `json:"zh,omitempty" maxLength:"100" doc:"In Chinese." example:"预算"`
	EN string `json:"en,omitempty" maxLength:"100" doc:"In English." example:"Budget"`
}

// FieldOption is one of the values that can be chosen.
type FieldOption struct {
	Key      string     `json:"key,omitempty" pattern:"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$" doc:"The option's name in JSON and filters. It never changes; made from the label when left out." example:"it"`
	Label    FieldLabel `json:"label" doc:"What people choose."`
	Colour   string     `json:"colour,omitempty" enum:"grey,red,orange,yellow,green,blue,purple" doc:"Colour of the label; grey when left out." example:"blue"`
	Archived bool       `json:"archived,omitempty" doc:"Whether it cannot be chosen any more. Records that have it keep it."`
}

// NewCustomField is what a custom field is made of.
type NewCustomField struct {
	Resource string        `json:"resource" enum:"customer,contact,deal,task" doc:"Which records get it." example:"customer"`
	Key      string        `json:"key,omitempty" pattern:"^[a-z][a-z0-9_]{0,39}$" doc:"The field's name in JSON and, behind custom., in filters; made from the label when left out." example:"budget"`
	Type     string        `json:"type" enum:"text,long_text,number,money,date,datetime,choice,choices,member,link,phone,email,yes_no" doc:"What its values are." example:"money"`
	Label    FieldLabel    `json:"label" doc:"What forms call it."`
	Help     string        `json:"help,omitempty" maxLength:"500" doc:"What to fill in, for forms."`
	Section  string        `json:"section,omitempty" maxLength:"100" doc:"Part of the form that it stands in."`
	Position *int          `json:"position,omitempty" minimum:"1" maximum:"1000" doc:"Place among the fields of its records; the last when left out."`
	Required bool          `json:"required,omitempty" doc:"Whether records have to have a value. Only while there are no records without one."`
	Unique   bool          `json:"unique,omitempty" doc:"Whether no two records may have the same value. For text, number, link, phone and email."`
	Preset   any           `json:"default,omitempty" doc:"What a new record gets when its maker does not say, in the form that values have."`
	Options  []FieldOption `json:"options,omitempty" maxItems:"200" doc:"Of choice and choices, which need at least one: what can be chosen, in order."`
	Decimals *int          `json:"decimals,omitempty" minimum:"0" maximum:"6" doc:"Of number: digits behind the point; 2 when left out."`
	Unit     string        `json:"unit,omitempty" maxLength:"20" doc:"Of number: what is counted." example:"kg"`
	Currency *string       `json:"currency,omitempty" doc:"Of money: its currency (ISO 4217); the company's when left out." example:"CNY"`
	Min      *float64      `json:"min,omitempty" doc:"Least value of number, least amount of money in minor units, least number of characters of text and long_text."`
	Max      *float64      `json:"max,omitempty" doc:"The same at the upper end."`
}

// CustomFieldPatch changes some properties of a field; what is absent stays, null clears. New bounds count for what is
// written from then on.
type CustomFieldPatch struct {
	Key      patch.Field[string]        `json:"key,omitzero" doc:"Cannot change; accepted only as it is."`
	Type     patch.Field[string]        `json:"type,omitzero" doc:"Cannot change; accepted only as it is."`
	Label    patch.Field[FieldLabel]    `json:"label,omitzero" doc:"What forms call it."`
	Help     patch.Field[string]        `json:"help,omitzero" maxLength:"500" doc:"What to fill in, for forms."`
	Section  patch.Field[string]        `json:"section,omitzero" maxLength:"100" doc:"Part of the form that it stands in."`
	Position patch.Field[int]           `json:"position,omitzero" minimum:"1" maximum:"1000" doc:"Place among the fields of its records; those behind move on."`
	Required patch.Field[bool]          `json:"required,omitzero" doc:"Refused while records have no value."`
	Unique   patch.Field[bool]          `json:"unique,omitzero" doc:"Refused while records have the same value."`
	Preset   patch.Field[any]           `json:"default,omitzero" doc:"What a new record gets when its maker does not say."`
	Options  patch.Field[[]FieldOption] `json:"options,omitzero" doc:"All options in their new order. None may be left out: archive it."`
	Decimals patch.Field[int]           `json:"decimals,omitzero" minimum:"0" maximum:"6" doc:"Of number: digits behind the point."`
	Unit     patch.Field[string]        `json:"unit,omitzero" maxLength:"20" doc:"Of number: what is counted."`
	Min      patch.Field[float64]       `json:"min,omitzero" doc:"Least value."`
	Max      patch.Field[float64]       `json:"max,omitzero" doc:"Greatest value."`
	Archived patch.Field[bool]          `json:"archived,omitzero" doc:"Takes the field out of use, or back, also one that was deleted and is not gone yet."`
}

const customFieldColumns = `f.id, f.resource, f.field_key, f.type, f.label, f.help, f.section, f.position, f.required, f.is_unique,
	f.preset, f.options, f.decimals, f.unit, f.currency, f.min_value, f.max_value, f.archived_at IS NOT NULL AS archived, f.purge_at,
	f.created_by, f.created_at, f.updated_at, f.version`

// ListCustomFields returns the fields of one kind of record, or of all when resource is empty, in the order of the
// forms; archived adds those that are out of use.
func ListCustomFields(ctx context.Context, q *tenant.Query, resource string, archived bool) ([]CustomField, error) {
	all := []CustomField{}
	err := q.Select(ctx, &all, `SELECT `+customFieldColumns+` FROM company.custom_fields f
		WHERE (? = '' OR f.resource = ?) AND (? OR f.archived_at IS NULL) ORDER BY f.resource, f.position, f.id LIMIT 2000`,
		resource, resource, archived)
	return all, err
}

// GetCustomField returns a field, also an archived one, else ErrNotFound.
func GetCustomField(ctx context.Context, q *tenant.Query, id CustomFieldID) (CustomField, error) {
	var f CustomField
	if err := q.Get(ctx, &f, `SELECT `+customFieldColumns+` FROM company.custom_fields f WHERE f.id = ?`, id); err != nil {
		return CustomField{}, fmt.Errorf("custom field %s: %w", id, err)
	}
	return f, nil
}

// readFields reads the fields of one kind of record, archived ones too. Held, they do not change until the
// transaction ends: what is written by them stays right.
func readFields(ctx context.Context, q *tenant.Query, noun string, held bool) ([]CustomField, error) {
	lock := ""
	if held {
		lock = "LOCK IN SHARE MODE"
	}
	var all []CustomField
	err := q.Select(ctx, &all, `SELECT `+customFieldColumns+` FROM company.custom_fields f WHERE f.resource = ? ORDER BY f.field_key `+lock, noun)
	return all, err
}

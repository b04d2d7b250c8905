package crm

import (
	"database/sql/driver"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// ChecklistItem is one step of a task.
type ChecklistItem struct {
	Title string `json:"title" minLength:"1" maxLength:"300" doc:"What is to be done." example:"Ask for the delivery address"`
	Done  bool   `json:"done" required:"false" doc:"Whether it is."`
}

// checklist is kept as a JSON column.
type checklist []ChecklistItem

const maxChecklist = 100

// Value implements driver.Valuer.
func (l checklist) Value() (driver.Value, error) { return jsonColumn([]ChecklistItem(l)) }

// Scan implements sql.Scanner.
func (l *checklist) Scan(src any) error { return scanJSON(src, (*[]ChecklistItem)(l)) }

// clean checks the steps, and makes none of them an empty list.
func (l checklist) clean(invalid *tenant.InvalidError) checklist {
	if len(l) > maxChecklist {
		invalid.Add("checklist", "too_many", fmt.Sprintf("holds more than %d steps", maxChecklist))
	}
	for i, item := range l[:min(len(l), maxChecklist)] {
		checkRequired(invalid, fmt.Sprintf("checklist[%d].title", i), item.Title, maxTitle)
	}
	return append(checklist{}, l...)
}

// undone is the list as it begins anew.
func (l checklist) undone() checklist {
	fresh := append(checklist{}, l...)
	for i := range fresh {
		fresh[i].Done = false
	}
	return fresh
}

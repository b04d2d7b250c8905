package crm

import (
	"github.com/guanxi-crm/guanxi/crm/list"
	"github.com/guanxi-crm/guanxi/tenant"
)

// ListQuery is what every list can be asked.
type ListQuery = list.Query

// Page is one page of a list.
type Page[T any] = list.Page[T]

// everybodys is the scope of what is the whole company's: whoever may read it at all reads all of it.
func everybodys() tenant.Scope {
	system := tenant.System()
	return system.Scope("")
}

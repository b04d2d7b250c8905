package crm

import "github.com/guanxi-crm/guanxi/crm/list"

// ListQuery is what every list can be asked.
type ListQuery = list.Query

// Page is one page of a list.
type Page[T any] = list.Page[T]

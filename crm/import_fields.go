package crm

import "github.com/guanxi-crm/guanxi/crm/sheet"

// importField is a field of a customer that a column can fill.
type importField struct {
	key string
	// zh and en name the field in exported files; an import recognises them and the synonyms in any language.
	zh, en   string
	synonyms []string
	// near are headings that mean something else but are best kept here when nothing better is there.
	near []string
	// joins is what stands between the values of several columns; empty means one column only.
	joins string
	kind  sheet.CellKind
	// limit is how many characters a text may have.
	limit int
	// text is where a plain text belongs; read is for values with a form of their own.
	text func(*Customer) *string
	read func(p *rowParser, c *Customer, cell string) error
	// show gives the value for an exported file.
	show func(w *exportWords, c *Customer) string
}

// importFields lists what can be imported, in the order of an exported file. A field that another depends on
// stands before it.
var importFields []importField

func init() { // the readers look fields up, so a literal would refer to itself
	importFields = []importField{
		{key: "name", zh: "客户名称", en: "Name", limit: 200, text: func(c *Customer) *string { return &c.Name },
			synonyms: []string{"公司名称", "企业名称", "单位名称", "客户", "公司", "姓名", "customer", "customer name", "company", "company name", "account", "account name", "organization", "display name", "full name"}},
		{key: "contact_name", zh: "联系人", en: "Contact", limit: 200, text: func(c *Customer) *string { return &c.ContactName },
			synonyms: []string{"联系人姓名", "主要联系人", "contact name", "contact person", "primary contact"}},
		{key: "phone", zh: "手机", en: "Phone", kind: sheet.PhoneCell, read: readPhone, show: func(_ *exportWords, c *Customer) string { return deref(c.Phone) },
			synonyms: []string{"手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "mobile", "mobile phone", "cell", "tel", "telephone", "phone number"}},
		{key: "email", zh: "邮箱", en: "Email", read: readEmail, show: func(_ *exportWords, c *Customer) string { return deref(c.Email) },
			synonyms: []string{"电子邮箱", "电子邮件", "邮件", "邮箱地址", "e-mail", "mail", "email address"}},
		{key: "website", zh: "网站", en: "Website", limit: 500, text: func(c *Customer) *string { return &c.Website },
			synonyms: []string{"网址", "官方网站", "主页", "url", "web", "homepage", "domain"}},
		{key: "address", zh: "地址", en: "Address", limit: 500, text: func(c *Customer) *string { return &c.Address },
			synonyms: []string{"详细地址", "公司地址", "通讯地址", "street", "street address", "office location", "location"},
			near:     []string{"城市", "所在地", "所在城市", "地区", "city", "region"}},
		{key: "industry", zh: "行业", en: "Industry", limit: 100, text: func(c *Customer) *string { return &c.Industry },
			synonyms: []string{"所属行业", "sector", "line of business"}},
		{key: "employees", zh: "员工人数", en: "Employees", kind: sheet.NumberCell, read: readEmployees, show: showEmployees,
			synonyms: []string{"员工数", "人数", "公司规模", "number of employees", "headcount", "company size"}},
		{key: "revenue_currency", zh: "币种", en: "Currency", read: readCurrency, show: func(_ *exportWords, c *Customer) string { return deref(c.RevenueCurrency) },
			synonyms: []string{"货币", "currency code"}},
		{key: "revenue", zh: "年营收", en: "Revenue", kind: sheet.NumberCell, read: readRevenue, show: showRevenue,
			synonyms: []string{"年收入", "营收", "营业额", "年营业额", "营业收入", "annual revenue", "yearly revenue", "turnover"},
			near:     []string{"金额", "预计金额", "amount", "expected amount"}},
		{key: "source", zh: "来源", en: "Source", limit: 64, text: func(c *Customer) *string { return &c.Source },
			synonyms: []string{"来源渠道", "客户来源", "渠道", "source channel", "lead source", "channel"}},
		{key: "lifecycle", zh: "阶段", en: "Stage", read: readStage, show: func(w *exportWords, c *Customer) string { return w.stages[c.Lifecycle] },
			synonyms: []string{"客户阶段", "客户状态", "生命周期", "lifecycle", "lifecycle stage"},
			near:     []string{"状态", "status"}},
		{key: "lost_reason", zh: "流失原因", en: "Lost reason", limit: 500, text: func(c *Customer) *string { return &c.LostReason },
			synonyms: []string{"reason lost", "loss reason"}},
		{key: "owner", zh: "负责人", en: "Owner", read: readOwner, show: func(w *exportWords, c *Customer) string { return w.owners[c.OwnerID] },
			synonyms: []string{"销售", "销售员", "跟进人", "所有人", "owner email", "account owner", "sales rep", "salesperson", "assigned to"}},
		{key: "tags", zh: "标签", en: "Tags", joins: ",", read: readTags, show: showTags,
			synonyms: []string{"标记", "tag", "label", "labels"}},
		{key: "do_not_contact", zh: "请勿联系", en: "Do not contact", read: readDoNotContact, show: showDoNotContact,
			synonyms: []string{"勿扰", "opt out", "unsubscribed"}},
		{key: "note", zh: "备注", en: "Note", joins: "\n", limit: 10000, text: func(c *Customer) *string { return &c.Note },
			synonyms: []string{"说明", "描述", "notes", "remark", "remarks", "comment", "comments", "description", "memo"}},
		{key: "created_at", zh: "创建时间", en: "Created", kind: sheet.DateCell, read: readCreatedAt, show: func(w *exportWords, c *Customer) string { return w.local(&c.CreatedAt) },
			synonyms: []string{"创建日期", "建档时间", "录入时间", "created at", "created on", "date created", "create date"}},
	}
}

func importFieldNamed(key string) *importField {
	for i := range importFields {
		if importFields[i].key == key {
			return &importFields[i]
		}
	}
	return nil
}

func importFieldKeys() []string {
	keys := make([]string, len(importFields))
	for i, f := range importFields {
		keys[i] = f.key
	}
	return keys
}

// suggestMapping guesses which field each heading means. What is only near is proposed for columns and fields
// that are left over, and never as sure.
func suggestMapping(columns []sheet.Column) []ColumnMapping {
	headings := make([]string, len(columns))
	for i, c := range columns {
		headings[i] = c.Header
	}
	var named, near []sheet.Field
	for _, f := range importFields {
		named = append(named, sheet.Field{Key: f.key, Synonyms: append([]string{f.zh, f.en, f.key}, f.synonyms...)})
	}
	mapping := []ColumnMapping{}
	taken := map[string]bool{}
	for _, m := range sheet.Guess(headings, named) {
		mapping = append(mapping, ColumnMapping{Column: columns[m.Column].Key, Field: m.Field, Sure: m.Exact})
		taken[m.Field], headings[m.Column] = true, ""
	}
	for _, f := range importFields {
		if !taken[f.key] {
			near = append(near, sheet.Field{Key: f.key, Synonyms: f.near})
		}
	}
	for _, m := range sheet.Guess(headings, near) {
		if m.Exact {
			mapping = append(mapping, ColumnMapping{Column: columns[m.Column].Key, Field: m.Field})
		}
	}
	return mapping
}

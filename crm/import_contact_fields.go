package crm

import (
	"slices"
	"strings"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

func contactFields() []importField {
	return []importField{
		{key: "name", zh: "姓名", en: "Name", value: textOf(200, func(p *Contact) *string { return &p.Name }),
			synonyms: []string{"联系人", "联系人姓名", "名字", "full name", "contact", "contact name", "display name", "person"}},
		{key: "customer", zh: "客户", en: "Customer", value: customerCalled((*Contact).carded), synonyms: customerHeadings},
		{key: "title", zh: "职位", en: "Title", value: textOf(100, func(p *Contact) *string { return &p.Title }),
			synonyms: []string{"职务", "头衔", "job title", "position"}},
		{key: "department", zh: "部门", en: "Department", value: textOf(100, func(p *Contact) *string { return &p.Department })},
		{key: "role", zh: "角色", en: "Role", value: valueOf(readContactRole, showContactRole), synonyms: []string{"决策角色", "buying role"}},
		{key: "phone", zh: "手机", en: "Phone", kind: sheet.PhoneCell, joins: "\n", several: true, value: phonesOf("mobile"),
			synonyms: []string{"手机号", "手机号码", "电话", "电话号码", "联系电话", "mobile", "mobile phone", "cell", "tel", "telephone", "phone number"}},
		{key: "work_phone", zh: "办公电话", en: "Work phone", kind: sheet.PhoneCell, joins: "\n", several: true, value: phonesOf("work"),
			synonyms: []string{"工作电话", "单位电话", "公司电话", "business phone", "office phone"}},
		{key: "home_phone", zh: "家庭电话", en: "Home phone", kind: sheet.PhoneCell, joins: "\n", several: true, value: phonesOf("home"), synonyms: []string{"住宅电话"}},
		{key: "other_phone", zh: "其他电话", en: "Other phone", kind: sheet.PhoneCell, joins: "\n", several: true, value: phonesOf("other")},
		{key: "email", zh: "邮箱", en: "Email", joins: "\n", several: true, value: emailsOf("work"),
			synonyms: []string{"电子邮箱", "电子邮件", "邮件", "邮箱地址", "e-mail", "mail", "email address"}},
		{key: "personal_email", zh: "个人邮箱", en: "Personal email", joins: "\n", several: true, value: emailsOf("personal"), synonyms: []string{"私人邮箱", "home email"}},
		{key: "other_email", zh: "其他邮箱", en: "Other email", joins: "\n", several: true, value: emailsOf("other")},
		{key: "wechat", zh: "微信", en: "WeChat", value: textOf(64, func(p *Contact) *string { return &p.WeChat }), synonyms: []string{"微信号", "wechat id", "weixin"}},
		{key: "address", zh: "地址", en: "Address", joins: ", ", value: valueOf(readContactAddress, showContactAddress),
			synonyms: []string{"详细地址", "通讯地址", "street", "street address", "location"}, near: []string{"城市", "省份", "city", "state", "zip", "country"}},
		{key: "birthday", zh: "生日", en: "Birthday", kind: sheet.DateCell, value: dayAt(func(p *Contact) **Date { return &p.Birthday }),
			synonyms: []string{"出生日期", "date of birth", "birth date"}},
		{key: "language", zh: "语言", en: "Language", value: valueOf(readLanguage, func(_ *exportWords, p *Contact) string { return p.Language })},
		{key: "source", zh: "来源", en: "Source", value: textOf(64, func(p *Contact) *string { return &p.Source }), synonyms: []string{"来源渠道", "渠道", "lead source", "channel"}},
		{key: "owner", zh: "负责人", en: "Owner", value: memberAt(func(p *Contact) *tenant.MemberID { return &p.OwnerID }),
			synonyms: []string{"销售", "跟进人", "所有人", "owner email", "contact owner", "assigned to"}},
		{key: "tags", zh: "标签", en: "Tags", joins: ",", value: valueOf(func(_ *rowParser, p *Contact, cell string) error { return addTags(&p.Tags, cell) },
			func(_ *exportWords, p *Contact) string { return strings.Join(p.Tags, ", ") }), synonyms: []string{"标记", "tag", "label", "labels"}},
		{key: "do_not_contact", zh: "请勿联系", en: "Do not contact", value: valueOf(func(_ *rowParser, p *Contact, cell string) (err error) {
			p.DoNotContact, err = yesOrNo(cell)
			return err
		}, func(w *exportWords, p *Contact) string { return w.yesOrNo(p.DoNotContact) }), synonyms: []string{"勿扰", "opt out", "unsubscribed"}},
		{key: "note", zh: "备注", en: "Note", joins: "\n", value: textOf(10000, func(p *Contact) *string { return &p.Note }),
			synonyms: []string{"说明", "描述", "notes", "remark", "remarks", "comment", "comments", "description", "memo"}},
		{key: "created_at", zh: "创建时间", en: "Created", kind: sheet.DateCell, value: valueOf(func(p *rowParser, c *Contact, cell string) error { return p.readPast(&c.CreatedAt, cell) },
			func(w *exportWords, p *Contact) string { return w.local(&p.CreatedAt) }), synonyms: []string{"创建日期", "录入时间", "created at", "created on", "date created"}},
	}
}

// contactRoleNames say the roles; an import takes them in either language.
var contactRoleNames = map[string]phrase{
	"decision_maker": {"决策人", "Decision maker"}, "influencer": {"影响者", "Influencer"}, "user": {"使用者", "User"},
	"billing": {"财务", "Billing"}, "technical": {"技术", "Technical"}, "other": {"其他", "Other"},
}

func readContactRole(_ *rowParser, p *Contact, cell string) error {
	role := wordOf(contactRoleNames, nil, cell)
	if role == "" {
		return badValue("bad_role", "the role is not known; write one of %s", strings.Join(contactRoles[1:], ", "))
	}
	p.Role = role
	return nil
}

func showContactRole(w *exportWords, p *Contact) string {
	if p.Role == "" {
		return ""
	}
	return w.say(contactRoleNames[p.Role])
}

func fewEnough(n int, what string) error {
	if n > maxPoints {
		return badValue("too_many", "the contact would have %d %s; at most %d are kept", n, what, maxPoints)
	}
	return nil
}

// readContactAddress writes the first address in words, unless it says the same in its parts.
func readContactAddress(_ *rowParser, p *Contact, cell string) error {
	if err := fits(cell, 500); err != nil || sameWords(showContactAddress(nil, p), cell) {
		return err
	}
	p.Addresses = append(postalAddresses{{Kind: addressKinds[0], Text: cell}}, p.Addresses[min(1, len(p.Addresses)):]...)
	return nil
}

// sameWords is true of an address in the two orders in which countries write it.
func sameWords(a, b string) bool {
	words := func(s string) []string {
		return slices.Sorted(slices.Values(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })))
	}
	return slices.Equal(words(a), words(b))
}

func showContactAddress(_ *exportWords, p *Contact) string {
	if len(p.Addresses) == 0 {
		return ""
	}
	return p.Addresses[0].line()
}

// line is the address in one line.
func (a *PostalAddress) line() string {
	if a.Text != "" {
		return a.Text
	}
	parts := slices.DeleteFunc([]string{a.Country, a.PostalCode, a.Province, a.City, a.District, a.Street}, func(s string) bool { return s == "" })
	return strings.Join(parts, " ")
}

func readLanguage(_ *rowParser, p *Contact, cell string) error {
	if !isLanguage(cell) {
		return badValue("bad_language", "the language is not known; write it as zh-CN or en")
	}
	p.Language = cell
	return nil
}

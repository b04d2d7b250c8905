package crm

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/guanxi-crm/guanxi/crm/sheet"
	"github.com/guanxi-crm/guanxi/tenant"
)

func customerImports() *importNoun {
	return &importNoun{
		resource: "customers", name: "customer", zh: "客户", fields: customerFields(), keys: []string{"phone", "email", "name"}, required: "name",
		begin: func(p *rowParser, caller *tenant.Caller) importable {
			return &Customer{
				ID: tenant.NewID[customerKind](), OwnerID: p.owner(caller), Lifecycle: Potential, Tags: []string{}, CreatedBy: caller.Member, Version: 1,
			}
		},
		complete: func(p *rowParser, record importable) []ImportProblem {
			return p.completeCustomer(recordAs[*Customer](record))
		},
		match: matchCustomers, store: storeImportedCustomers, trash: trashImportedCustomers, revert: revertCustomers,
	}
}

func (c *Customer) recordID() tenant.RecordID { return tenant.RecordID(c.ID) }

func (c *Customer) recordTitle() string { return c.Name }

func (c *Customer) keyed(key string) string {
	i := c.identity()
	return i.of(key)
}

func (c *customerChange) changed() (importable, map[string]any) { return &c.after, c.previous }

func customerFields() []importField {
	return []importField{
		{key: "name", zh: "客户名称", en: "Name", value: textOf(200, func(c *Customer) *string { return &c.Name }),
			synonyms: []string{"公司名称", "企业名称", "单位名称", "客户", "公司", "姓名", "customer", "customer name", "company", "company name", "account", "account name", "organization", "display name", "full name"}},
		{key: "contact_name", zh: "联系人", en: "Contact", value: textOf(200, func(c *Customer) *string { return &c.ContactName }),
			synonyms: []string{"联系人姓名", "主要联系人", "contact name", "contact person", "primary contact"}},
		{key: "phone", zh: "手机", en: "Phone", kind: sheet.PhoneCell, value: valueOf(readPhone, func(_ *exportWords, c *Customer) string { return deref(c.Phone) }),
			synonyms: []string{"手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "mobile", "mobile phone", "cell", "tel", "telephone", "phone number"}},
		{key: "email", zh: "邮箱", en: "Email", value: valueOf(readEmail, func(_ *exportWords, c *Customer) string { return deref(c.Email) }),
			synonyms: []string{"电子邮箱", "电子邮件", "邮件", "邮箱地址", "e-mail", "mail", "email address"}},
		{key: "website", zh: "网站", en: "Website", value: textOf(500, func(c *Customer) *string { return &c.Website }),
			synonyms: []string{"网址", "官方网站", "主页", "url", "web", "homepage", "domain"}},
		{key: "address", zh: "地址", en: "Address", value: textOf(500, func(c *Customer) *string { return &c.Address }),
			synonyms: []string{"详细地址", "公司地址", "通讯地址", "街道", "街道地址", "street", "street address", "office location", "location"},
			near:     []string{"所在地"}},
		{key: "district", zh: "区县", en: "District", value: textOf(100, func(c *Customer) *string { return &c.District }),
			synonyms: []string{"县区", "行政区", "所在区县", "county"}},
		{key: "city", zh: "城市", en: "City", value: textOf(100, func(c *Customer) *string { return &c.City }),
			synonyms: []string{"所在城市", "地级市", "town", "city/town"}},
		{key: "region", zh: "省份", en: "Region", value: textOf(100, func(c *Customer) *string { return &c.Region }),
			synonyms: []string{"省", "省市", "所在省份", "地区", "所在地区", "区域", "大区", "province", "state", "state/province", "state/region", "territory"}},
		{key: "postal_code", zh: "邮政编码", en: "Postal code", value: textOf(20, func(c *Customer) *string { return &c.PostalCode }),
			synonyms: []string{"邮编", "zip", "zip code", "postcode", "zip/postal code"}},
		{key: "country", zh: "国家", en: "Country", value: valueOf(readCountry, func(_ *exportWords, c *Customer) string { return c.Country }),
			synonyms: []string{"国家/地区", "所在国家", "国别", "country/region", "country code"}},
		{key: "parent", zh: "上级公司", en: "Parent company", value: customerCalled((*Customer).parentCard),
			synonyms: []string{"母公司", "上级客户", "上级单位", "总公司", "所属集团", "集团", "parent", "parent account", "parent customer", "parent company name"}},
		{key: "industry", zh: "行业", en: "Industry", value: textOf(100, func(c *Customer) *string { return &c.Industry }),
			synonyms: []string{"所属行业", "sector", "line of business"}},
		{key: "employees", zh: "员工人数", en: "Employees", kind: sheet.NumberCell, value: valueOf(readEmployees, showEmployees),
			synonyms: []string{"员工数", "人数", "公司规模", "number of employees", "headcount", "company size"}},
		{key: "revenue_currency", zh: "币种", en: "Currency", value: valueOf(readCurrency, func(_ *exportWords, c *Customer) string { return deref(c.RevenueCurrency) }),
			synonyms: []string{"货币", "currency code"}},
		{key: "revenue", zh: "年营收", en: "Revenue", kind: sheet.NumberCell, value: valueOf(readRevenue, showRevenue),
			synonyms: []string{"年收入", "营收", "营业额", "年营业额", "营业收入", "annual revenue", "yearly revenue", "turnover"},
			near:     []string{"金额", "预计金额", "amount", "expected amount"}},
		{key: "source", zh: "来源", en: "Source", value: textOf(64, func(c *Customer) *string { return &c.Source }),
			synonyms: []string{"来源渠道", "客户来源", "渠道", "source channel", "lead source", "channel"}},
		{key: "lifecycle", zh: "阶段", en: "Stage", value: valueOf(readStage, func(w *exportWords, c *Customer) string { return w.stages[c.Lifecycle] }),
			synonyms: []string{"客户阶段", "客户状态", "生命周期", "lifecycle", "lifecycle stage"},
			near:     []string{"状态", "status"}},
		{key: "lost_reason", zh: "流失原因", en: "Lost reason", value: textOf(500, func(c *Customer) *string { return &c.LostReason }),
			synonyms: []string{"reason lost", "loss reason"}},
		{key: "owner", zh: "负责人", en: "Owner", value: memberAt(func(c *Customer) *tenant.MemberID { return &c.OwnerID }),
			synonyms: []string{"销售", "销售员", "跟进人", "所有人", "owner email", "account owner", "sales rep", "salesperson", "assigned to"}},
		{key: "tags", zh: "标签", en: "Tags", joins: ",", value: valueOf(readTags, showTags),
			synonyms: []string{"标记", "tag", "label", "labels"}},
		{key: "do_not_contact", zh: "请勿联系", en: "Do not contact", value: valueOf(readDoNotContact, showDoNotContact),
			synonyms: []string{"勿扰", "opt out", "unsubscribed"}},
		{key: "note", zh: "备注", en: "Note", joins: "\n", value: textOf(10000, func(c *Customer) *string { return &c.Note }),
			synonyms: []string{"说明", "描述", "notes", "remark", "remarks", "comment", "comments", "description", "memo"}},
		{key: "created_at", zh: "创建时间", en: "Created", kind: sheet.DateCell, value: valueOf(readCreatedAt, func(w *exportWords, c *Customer) string { return w.local(&c.CreatedAt) }),
			synonyms: []string{"创建日期", "建档时间", "录入时间", "created at", "created on", "date created", "create date"}},
	}
}

func (p *rowParser) completeCustomer(c *Customer) []ImportProblem {
	p.keepExtensions(&c.Note)
	tags, problems := p.withTags(c.Tags)
	c.Tags = tags
	if c.Revenue == nil {
		c.RevenueCurrency = nil
	}
	if c.LostReason != "" && c.Lifecycle != Lost {
		problems = append(problems, ImportProblem{Field: "lost_reason", Code: "not_lost", Message: "a reason for the loss needs the stage lost 流失; fill in the stage, or empty the reason"})
	}
	return problems
}

// storeImportedCustomers carries out what a batch came to.
func storeImportedCustomers(ctx context.Context, tx *tenant.Tx, imp Import, results []result) error {
	mark := &importMark{ID: imp.ID, RunRules: imp.Options.RunRules}
	created := createdIn[Customer](results)
	for i := range created {
		created[i].stampNew(tx.Now)
	}
	var changes []customerChange
	for _, r := range results {
		if r.outcome == RowUpdated {
			changes = append(changes, *recordAs[*customerChange](r.change))
		}
	}
	if err := insertCustomers(ctx, tx, created, mark); err != nil {
		return err
	}
	return updateCustomers(ctx, tx, changes, mark)
}

func trashImportedCustomers(ctx context.Context, tx *tenant.Tx, imp Import, ids []tenant.RecordID) (int, error) {
	where, args := imp.within(tx, customerDelete, "c.owner_id", "c.id")
	all, err := lockCustomers(ctx, tx, idsOf[customerKind](ids), where, args)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return len(all), trashCustomers(ctx, tx, all, !imp.Options.RunRules)
}

func revertCustomers(ctx context.Context, tx *tenant.Tx, imp Import, changes map[tenant.RecordID][][]byte) (int, error) {
	where, args := imp.within(tx, customerUpdate, "c.owner_id", "c.id")
	all, err := lockCustomers(ctx, tx, idsOf[customerKind](slices.Collect(maps.Keys(changes))), where, args)
	if err != nil {
		return 0, err
	}
	var back []customerChange
	for _, before := range all {
		after, err := previously(before, changes[before.recordID()], customerOf)
		if err != nil {
			return 0, err
		}
		if after.OwnerID, err = formerOwner(ctx, tx, after.OwnerID, before.OwnerID); err != nil {
			return 0, err
		}
		if err := after.returnTo(ctx, tx, before.ParentID); err != nil {
			return 0, err
		}
		if after.Lifecycle != before.Lifecycle {
			after.LifecycleSince = tx.Now // its history is permanent: it comes back to the stage
		}
		previous, err := differences(before, after)
		if err != nil {
			return 0, err
		}
		if len(previous) > 0 {
			after.stamp(before, tx.Now)
			back = append(back, customerChange{before, after, previous})
		}
	}
	return len(back), updateCustomers(ctx, tx, back, &importMark{ID: imp.ID, RunRules: imp.Options.RunRules})
}

// stampNew gives a new customer its times; a historic date of making is that of its stage too. The silence
// counts from the import.
func (c *Customer) stampNew(now time.Time) {
	if c.CreatedAt.IsZero() {
		c.CreatedAt = now
	}
	c.LifecycleSince = c.CreatedAt
	c.UpdatedAt, c.SilenceFrom, c.OwnerSince = now, now, now
}

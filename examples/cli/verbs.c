/*
 * Every verb of the program: what it takes, what it needs open, what runs it, and its help.
 */
#include "cli.h"

#include <string.h>

#define CATALOG (NEEDS_SHOP | NEEDS_SEARCH)
#define MONEY   (NEEDS_SHOP | NEEDS_GATEWAY)
#define ALL     (NEEDS_SHOP | NEEDS_SEARCH | NEEDS_GATEWAY)

const struct verb verbs[] = {
	{ "init", NULL, "", "", CATALOG | MAKES_SHOP, run_init, "make an empty shop, or bring one up to date", NULL,
	  "shopcore init\nshopcore --shop sqlite:/srv/mugs.db init" },

	{ "catalog", "import", "FILE", "--map=FILE --format=jsonl|csv --quiet --restart", CATALOG, run_catalog_import,
	  "bring products in from a file",
	  "FILE has one SKU a line, JSON objects or comma-separated values, with at least sku, name, price (integer,\n"
	  "minor units) and currency; \"-\" is standard input. --format is jsonl or csv, otherwise csv for what ends "
	  "in\n"
	  ".csv. --map names a JSON file that says where other names are found. Every line is accepted, or rejected\n"
	  "with its number and the reason; the rest goes on, and the exit code is 2. An import of a file that was\n"
	  "broken off goes on where it was, --restart begins anew. The same file once more changes nothing. A\n"
	  "terminal shows how far it has come; --quiet does not.",
	  "shopcore catalog import mugs.jsonl\n"
	  "gzip -dc phones.jsonl.gz | shopcore catalog import - --map phones-map.json" },
	{ "catalog", "export", "[FILE]", "--format=jsonl|csv", NEEDS_SHOP, run_catalog_export,
	  "write the whole catalogue as a file that can be imported",
	  "To standard output when there is no FILE. --format is jsonl or csv, otherwise csv for what ends in .csv.",
	  "shopcore catalog export catalogue.jsonl\nshopcore catalog export --format csv | gzip > catalogue.csv.gz" },
	{ "catalog", "get", "SKU", "", NEEDS_SHOP, run_catalog_get, "show the product that a SKU belongs to", NULL,
	  "shopcore catalog get mug-red\nshopcore --json catalog get mug-red" },
	{ "catalog", "list", "", "--category=C --limit=N --cursor=C", NEEDS_SHOP, run_catalog_list,
	  "list products, all or those of a category",
	  "--limit is 1 to 1000, otherwise 50. --cursor goes on where the page before ended.",
	  "shopcore catalog list\nshopcore catalog list --category cell-phones/prepaid-phones --limit 10" },
	{ "catalog", "categories", "[PARENT]", "--limit=N --cursor=C", NEEDS_SHOP, run_catalog_categories,
	  "list the children of a category, or the roots", NULL,
	  "shopcore catalog categories\nshopcore catalog categories cell-phones" },
	{ "catalog", "prices", "FILE", "--dry-run --format=F --rounding=R --step=N --quiet", CATALOG,
	  run_catalog_prices, "change many prices from a file",
	  "FILE has one SKU a line with `sku` and `price` (minor units) or `percent` (-10, 2.5); a line with `was` or\n"
	  "`version` changes only what still is so. A percentage is rounded half-up, or as --rounding says "
	  "(half-away,\n"
	  "half-even, down, up), to a multiple of --step minor units. --dry-run shows what would change and writes\n"
	  "nothing. Every line is accounted for; when some were rejected the exit code is 2.",
	  "shopcore catalog prices new.csv --dry-run\nshopcore catalog prices new.csv --step 10" },

	{ "category", "create", "ID NAME", "--parent=ID --position=N", NEEDS_SHOP, run_category_create,
	  "make a category", "--parent is where it stands; without it, it is a root. --position orders siblings.",
	  "shopcore category create mugs Mugs --parent kitchen" },
	{ "category", "rename", "ID NAME", "--position=N", NEEDS_SHOP, run_category_rename,
	  "give a category another name, or another position", NULL, "shopcore category rename mugs \"Mugs & cups\"" },
	{ "category", "move", "ID [PARENT]", "--quiet", NEEDS_SHOP, run_category_move,
	  "move a category with all below it",
	  "Without PARENT it becomes a root. Its products leave the categories that were above it and enter those "
	  "that\n"
	  "are now. A move that was broken off goes on when it, or another one, is asked for.",
	  "shopcore category move mugs tableware\nshopcore category move mugs" },
	{ "category", "delete", "ID", "", NEEDS_SHOP, run_category_delete, "remove a category in which nothing stands",
	  NULL, "shopcore category delete mugs" },

	{ "price", NULL, "FILE", "--explain --best --lines", 0, run_price, "price a cart that is written down as JSON",
	  "FILE is one pricing document, \"-\" is standard input; docs/guide/pricing.md describes it. A file that ends "
	  "in\n"
	  ".jsonl, or any with --lines, or standard input whose first line is a document, has one document a line and "
	  "gives one result a line. --explain adds where "
	  "every\n"
	  "amount comes from, --best chooses the combination of promotions that is best for the buyer.",
	  "shopcore price cart.json\nshopcore price cart.json --explain\ngenerate | shopcore price - --lines" },

	{ "promotion", "put", "FILE", "", NEEDS_SHOP, run_rule_put,
	  "put in a promotion, or in place of what has its id",
	  "FILE has one JSON document, as docs/guide/pricing.md describes it; a file that ends in .jsonl one a line. "
	  "\"-\" is\n"
	  "standard input. The next quote is priced by it.",
	  "shopcore promotion put promotion.json" },
	{ "promotion", "list", "", "--limit=N --cursor=C", NEEDS_SHOP, run_rule_list, "list promotions", NULL,
	  "shopcore promotion list" },
	{ "promotion", "delete", "ID", "", NEEDS_SHOP, run_rule_delete, "take one of the promotions away", NULL,
	  "shopcore promotion delete tenth" },
	{ "coupon", "put", "FILE", "", NEEDS_SHOP, run_rule_put,
	  "put in how often a coupon may be used, or in place of what has its id",
	  "FILE has one JSON document, as docs/guide/pricing.md describes it; a file that ends in .jsonl one a line. "
	  "\"-\" is\n"
	  "standard input. The next quote is priced by it.",
	  "shopcore coupon put coupon.json" },
	{ "coupon", "list", "", "--limit=N --cursor=C", NEEDS_SHOP, run_rule_list, "list coupons", NULL,
	  "shopcore coupon list" },
	{ "coupon", "delete", "ID", "", NEEDS_SHOP, run_rule_delete, "take one of the coupons away", NULL,
	  "shopcore coupon delete SPRING" },
	{ "coupon", "issue", "COUPON COUNT", "--first=N", NEEDS_SHOP, run_coupon_issue, "make codes that are good once",
	  "The coupon needs \"single_use\". Codes are made from numbers, from --first on (otherwise 1): the same "
	  "numbers always\n"
	  "give the same codes, and nothing is stored until one is used.",
	  "shopcore coupon issue SPRING 1000\nshopcore coupon issue SPRING 1000 --first 1001" },
	{ "coupon", "import", "COUPON FILE", "", NEEDS_SHOP, run_coupon_import,
	  "take in codes that were made elsewhere",
	  "FILE has one code a line. Codes that are there already stay as they are.",
	  "shopcore coupon import SPRING codes.txt" },
	{ "coupon", "count", "COUPON", "", NEEDS_SHOP, run_coupon_count, "show how often a coupon was used", NULL,
	  "shopcore coupon count SPRING" },
	{ "tax", "put", "FILE", "", NEEDS_SHOP, run_rule_put, "put in a tax of a place, or in place of what has its id",
	  "FILE has one JSON document, as docs/guide/pricing.md describes it; a file that ends in .jsonl one a line. "
	  "\"-\" is\n"
	  "standard input. The next quote is priced by it.",
	  "shopcore tax put tax.json" },
	{ "tax", "list", "", "--limit=N --cursor=C", NEEDS_SHOP, run_rule_list, "list taxes", NULL,
	  "shopcore tax list" },
	{ "tax", "delete", "ID", "", NEEDS_SHOP, run_rule_delete, "take one of the taxes away", NULL,
	  "shopcore tax delete vat-de" },
	{ "shipping", "put", "FILE", "", NEEDS_SHOP, run_rule_put,
	  "put in a way to ship, or in place of what has its id",
	  "FILE has one JSON document, as docs/guide/pricing.md describes it; a file that ends in .jsonl one a line. "
	  "\"-\" is\n"
	  "standard input. The next quote is priced by it.",
	  "shopcore shipping put shipping.json" },
	{ "shipping", "list", "", "--limit=N --cursor=C", NEEDS_SHOP, run_rule_list, "list ways to ship", NULL,
	  "shopcore shipping list" },
	{ "shipping", "delete", "ID", "", NEEDS_SHOP, run_rule_delete, "take one of the ways to ship away", NULL,
	  "shopcore shipping delete post" },
	{ "fee", "put", "FILE", "", NEEDS_SHOP, run_rule_put,
	  "put in a fee or a credit, or in place of what has its id",
	  "FILE has one JSON document, as docs/guide/pricing.md describes it; a file that ends in .jsonl one a line. "
	  "\"-\" is\n"
	  "standard input. The next quote is priced by it.",
	  "shopcore fee put wrapping.json" },
	{ "fee", "list", "", "--limit=N --cursor=C", NEEDS_SHOP, run_rule_list, "list fees", NULL,
	  "shopcore fee list" },
	{ "fee", "delete", "ID", "", NEEDS_SHOP, run_rule_delete, "take one of the fees away", NULL,
	  "shopcore fee delete wrapping" },
	{ "special-price", "put", "FILE", "", NEEDS_SHOP, run_rule_put,
	  "put in the special prices of a SKU, or in place of what has its id",
	  "FILE has one JSON document, as docs/guide/pricing.md describes it; a file that ends in .jsonl one a line. "
	  "\"-\" is\n"
	  "standard input. The next quote is priced by it.",
	  "shopcore special-price put special-price.json" },
	{ "special-price", "list", "", "--limit=N --cursor=C", NEEDS_SHOP, run_rule_list, "list special prices", NULL,
	  "shopcore special-price list" },
	{ "special-price", "delete", "ID", "", NEEDS_SHOP, run_rule_delete, "take one of the special prices away", NULL,
	  "shopcore special-price delete mug-red" },
	{ "policy", "put", "FILE", "", NEEDS_SHOP, run_rule_put,
	  "say how the shop rounds, where it is, whether prices contain tax", NULL, "shopcore policy put policy.json" },
	{ "policy", "list", "", "--limit=N --cursor=C", NEEDS_SHOP, run_rule_list, "show the policy", NULL,
	  "shopcore policy list" },
	{ "policy", "delete", "", "", NEEDS_SHOP, run_rule_delete, "go back to the usual policy", NULL,
	  "shopcore policy delete" },

	{ "search", NULL, "WORDS...", "--category=C --limit=N --offset=N", CATALOG, run_search,
	  "find products by words", NULL,
	  "shopcore search red mug\nshopcore search \"samsung galaxy\" --category cell-phones --limit 5" },

	{ "inventory", "receive", "SKU QTY", "--key=K --location=L --reason=TEXT", NEEDS_SHOP, run_inventory_receive,
	  "book units that arrived", "With --key a repeat of the same command books nothing twice.",
	  "shopcore inventory receive mug-red 50\nshopcore inventory receive mug-red 50 --key delivery-2041" },
	{ "inventory", "get", "SKU", "--location=L", NEEDS_SHOP, run_inventory_get, "show how many units there are",
	  NULL, "shopcore inventory get mug-red" },
	{ "inventory", "journal", "SKU", "--limit=N --location=L", NEEDS_SHOP, run_inventory_journal,
	  "list what moved the stock, newest first", NULL, "shopcore inventory journal mug-red --limit 20" },
	{ "inventory", "set", "SKU QTY", "--key=K --location=L --reason=TEXT", NEEDS_SHOP, run_inventory_set,
	  "say how many units were counted on the shelf", NULL, "shopcore inventory set mug-red 48" },
	{ "inventory", "adjust", "SKU QTY", "--key=K --location=L --reason=TEXT", NEEDS_SHOP, run_inventory_adjust,
	  "add units or take some away, and say why", "QTY is below 0 to take away. --reason is needed.",
	  "shopcore inventory adjust mug-red -2 --reason breakage" },
	{ "inventory", "safety", "SKU QTY", "--key=K --location=L --reason=TEXT", NEEDS_SHOP, run_inventory_safety,
	  "keep units back, allow backorders, or stop counting",
	  "QTY above 0 is kept back from sale; below 0 so many may be sold that are not there yet; \"none\": any "
	  "number\n"
	  "can be sold.",
	  "shopcore inventory safety mug-red 5\nshopcore inventory safety mug-red -20\n"
	  "shopcore inventory safety gift-wrap none" },
	{ "inventory", "transfer", "SKU QTY FROM TO", "--key=K --reason=TEXT", NEEDS_SHOP, run_inventory_transfer,
	  "move units from one location to another", NULL, "shopcore inventory transfer mug-red 10 main annex" },
	{ "inventory", "shortages", "", "--cancel=units|orders --orders=N", NEEDS_SHOP, run_inventory_shortages,
	  "show what was promised and is not there, and let the latest orders give way",
	  "With --cancel=units the latest orders lose the units that are missing, with --cancel=orders they are "
	  "cancelled\nwhole; their money goes back with the next tick. At most --orders orders are looked at.",
	  "shopcore inventory shortages\nshopcore inventory shortages --cancel=units" },
	{ "inventory", "reserve", "SKU QTY", "--key=K --ttl=SECONDS --location=L --locations=L,L --split", NEEDS_SHOP,
	  run_inventory_reserve, "hold units for somebody",
	  "They come from --location, otherwise \"main\"; or from the first of --locations that has them all, with "
	  "--split\n"
	  "from several of them.",
	  "shopcore inventory reserve mug-red 2 --ttl 900\n"
	  "shopcore inventory reserve mug-red 8 --locations main,annex --split" },
	{ "inventory", "show", "RESERVATION", "", NEEDS_SHOP, run_inventory_show,
	  "show a reservation and what came from where", NULL,
	  "shopcore inventory show 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "inventory", "extend", "RESERVATION SECONDS", "", NEEDS_SHOP, run_inventory_extend,
	  "let a reservation lapse later, or sooner", NULL,
	  "shopcore inventory extend 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 600" },
	{ "inventory", "commit", "RESERVATION [QTY]", "", NEEDS_SHOP, run_inventory_commit,
	  "say that reserved units are sold", "With QTY only so many; the others are free again.",
	  "shopcore inventory commit 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "inventory", "release", "RESERVATION", "", NEEDS_SHOP, run_inventory_release, "give reserved units back",
	  NULL, "shopcore inventory release 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "inventory", "fulfil", "RESERVATION", "", NEEDS_SHOP, run_inventory_fulfil,
	  "let the units of a committed reservation leave the house", NULL,
	  "shopcore inventory fulfil 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "inventory", "repair", "", "", NEEDS_SHOP, run_inventory_repair, "mend what `shopcore verify` finds",
	  "Whatever it does is a movement, an event or a settled hold that the journal keeps. When something is left, "
	  "the\n"
	  "exit code is 4.",
	  "shopcore inventory repair" },

	{ "cart", "add", "USER SKU QTY", "--key=K", NEEDS_SHOP, run_cart_add, "put units into a cart",
	  "USER is a customer's id, or guest:TOKEN. With --key a repeat adds nothing twice.",
	  "shopcore cart add ada mug-red 2\nshopcore cart add guest:visitor-7 mug-red 1" },
	{ "cart", "set", "USER LINE QTY", "--key=K", NEEDS_SHOP, run_cart_set, "change how many units a line has",
	  "LINE is a line's id, or a SKU that stands on one line only. 0 removes it.",
	  "shopcore cart set ada mug-red 3" },
	{ "cart", "remove", "USER LINE", "--key=K", NEEDS_SHOP, run_cart_remove, "take a line out of a cart",
	  "LINE is a line's id, or a SKU that stands on one line only.", "shopcore cart remove ada mug-red" },
	{ "cart", "show", "USER", "", NEEDS_SHOP, run_cart_show, "show a cart", NULL,
	  "shopcore cart show ada\nshopcore --json cart show guest:visitor-7" },
	{ "cart", "save", "USER LINE", "--key=K --back", NEEDS_SHOP, run_cart_save, "put a line aside for later",
	  "LINE is a line's id, or a SKU that stands on one line only. --back brings it back.",
	  "shopcore cart save ada mug-red\nshopcore cart save ada mug-red --back" },
	{ "cart", "note", "USER [TEXT]", "--key=K", NEEDS_SHOP, run_cart_note, "write a note into a cart",
	  "Without TEXT the note is taken away.", "shopcore cart note ada \"Please ring twice\"" },
	{ "cart", "coupon", "USER CODE", "--key=K --remove", NEEDS_SHOP, run_cart_coupon,
	  "put a coupon's code into a cart",
	  "Whether it takes something off is for `shopcore checkout quote` to say. --remove takes it out again.",
	  "shopcore cart coupon ada SPRING\nshopcore cart coupon ada SPRING --remove" },
	{ "cart", "what-if", "USER FILE", "--country=C --region=R --postal=P --ship=RATE --group=G --email=E",
	  NEEDS_SHOP, run_cart_what_if, "say what a cart would cost under other rules",
	  "FILE has a JSON object with `promotions`, `tax_rates` or `policy`, as docs/guide/pricing.md describes it.",
	  "shopcore cart what-if ada vat21.json --country ES" },
	{ "cart", "abandoned", "", "--idle=SECONDS --limit=N --cursor=C", NEEDS_SHOP, run_cart_abandoned,
	  "list carts that nobody touched for a while",
	  "--idle is an hour when it is not given. A page may be short and still have a next one.",
	  "shopcore cart abandoned --idle 86400" },
	{ "cart", "merge", "GUEST USER", "--key=K --rule=add|larger|keep-user|keep-guest", NEEDS_SHOP, run_cart_merge,
	  "move a guest's cart into a user's, as on login",
	  "--rule says what happens to a line that both have: add (otherwise), larger, keep-user, keep-guest. What "
	  "does\n"
	  "not fit stays with the guest and is listed.",
	  "shopcore cart merge visitor-7 ada\nshopcore cart merge visitor-7 ada --rule larger" },

	{ "checkout", "quote", "USER",
	  "--country=C --region=R --postal=P --ship=RATE --group=G --email=E --since=TOKEN", NEEDS_SHOP,
	  run_checkout_quote, "price a cart, and say what changed",
	  "Taxes and shipping are those of --country; --ship names a way to ship, otherwise it is the cheapest. "
	  "--group is "
	  "the\n"
	  "customer's. --since names the token of a former quote: then the changes are those since it was made.",
	  "shopcore checkout quote ada\nshopcore checkout quote ada --country DE --ship express" },
	{ "checkout", "place", "USER",
	  "--key=K --payment=TOKEN --gift-cards=FILE --credit=AMOUNT --address=FILE --email=E --quote=TOKEN "
	  "--ship=RATE --group=G --consent",
	  MONEY, run_checkout_place, "buy a cart: place the order, pay it, confirm it",
	  "--key makes a repeat harmless: the same key and request print the same answer again. --payment is the\n"
	  "provider's token: tok_ok, tok_declined, tok_action, tok_silent_charged, tok_silent_free or tok_slow with\n"
	  "the fake provider. --address is a JSON file (name, line1, city, country, …) or \"demo\". Guests give "
	  "--email.\n"
	  "--quote accepts a quote by its token; without it the cart is priced now, shipped by --ship.\n"
	  "--gift-cards is a file with a gift card a line, CODE or CODE:AMOUNT, \"-\" is standard input; --credit is\n"
	  "so much of the customer's store credit, or \"all\". They pay first, in minor units (cents); when they pay "
	  "all,\n"
	  "--payment is not needed.\n"
	  "--consent agrees to a price that rose since it was seen. After a payment that failed the order is PENDING:\n"
	  "pay it with `shopcore checkout pay`.",
	  "shopcore checkout place ada --key k-1 --payment tok_ok --address demo\n"
	  "shopcore checkout place ada --key k-3 --gift-cards cards.txt --credit all --address demo\n"
	  "shopcore checkout place guest:visitor-7 --key k-2 --payment tok_ok --address home.json --email "
	  "v@example.org" },
	{ "checkout", "pay", "ORDER", "--payment=TOKEN", MONEY, run_checkout_pay, "pay an order that is still PENDING",
	  "Without --payment it goes on with what was begun, such as a step that the buyer took with the provider.",
	  "shopcore checkout pay 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 --payment tok_ok" },

	{ "order", "show", "ORDER", "", NEEDS_SHOP, run_order_show, "show an order with its payments and its history",
	  NULL, "shopcore order show 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "order", "explain", "ORDER", "", NEEDS_SHOP, run_order_explain,
	  "say where every amount of an order comes from",
	  "With --json the pricing document itself, for `shopcore price`, to ask what it would cost under other rules.",
	  "shopcore order explain 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "order", "what-if", "ORDER FILE", "", NEEDS_SHOP, run_order_what_if,
	  "say what an order would have cost under other rules",
	  "FILE has a JSON object with `promotions`, `tax_rates` or `policy`, as docs/guide/pricing.md describes it.",
	  "shopcore order what-if 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 vat21.json" },
	{ "order", "list", "USER", "--limit=N --cursor=C", NEEDS_SHOP, run_order_list,
	  "list the orders of a user, newest first", NULL,
	  "shopcore order list ada\nshopcore order list guest:visitor-7" },
	{ "order", "ship", "ORDER", "--tracking=T --carrier=C", NEEDS_SHOP, run_order_ship,
	  "say that an order left the house", NULL,
	  "shopcore order ship 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 --tracking 1Z999AA10123456784" },
	{ "order", "deliver", "ORDER", "", NEEDS_SHOP, run_order_deliver, "say that a shipped order arrived", NULL,
	  "shopcore order deliver 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "order", "cancel", "ORDER", "--line=LINE --reason=TEXT --key=K", MONEY, run_order_cancel,
	  "cancel a confirmed order, or some units of it, before it is shipped",
	  "Its goods go back to stock at once; the refund is driven by `shopcore tick`. With --line LINE[:QTY], which\n"
	  "may be given often, only so many units (otherwise 1) of a line: its number, from 1, its id, or a SKU that\n"
	  "stands on one line only. --key makes a repeat of that harmless.",
	  "shopcore order cancel 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 --reason \"wrong size\"\n"
	  "shopcore order cancel 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 --line mug-red:2 --line pan --key call-12" },

	{ "refund", "make", "ORDER",
	  "--line=LINE --shipping --amount=MINOR --percent=N --rest --to-credit --reason=TEXT --key=K --plan",
	  NEEDS_SHOP, run_refund_make, "give money back: lines, shipping, an amount, a share, or all that is left",
	  "--line LINE[:QTY], which may be given often, are so many units (otherwise 1) of a line: its number, from "
	  "1,\n"
	  "its id, or a SKU that stands on one line only. They go back for what was really paid for them. --amount is "
	  "in\n"
	  "minor units (cents). --plan shows what it would be and changes nothing. The refund is sent by `shopcore "
	  "tick`;\n"
	  "with --to-credit it becomes store credit of the customer, at once. --key makes a repeat harmless.",
	  "shopcore refund make 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 --line 1:2 --shipping --reason \"came broken\"\n"
	  "shopcore refund make 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 --amount 500 --key ticket-77\n"
	  "shopcore refund make 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 --rest --plan" },
	{ "refund", "list", "ORDER", "", NEEDS_SHOP, run_refund_list, "list the refunds of an order", NULL,
	  "shopcore refund list 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "ledger", NULL, "ORDER", "", NEEDS_SHOP, run_ledger, "show what was booked for an order, in double entry",
	  "Each entry adds up to zero; `shopcore verify` checks it for all orders.",
	  "shopcore ledger 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },

	{ "gift-card", "issue", "AMOUNT", "--currency=C --note=TEXT --key=K", NEEDS_SHOP, run_gift_card_issue,
	  "issue a gift card",
	  "AMOUNT is in minor units (cents). The code is shown this once; the shop keeps a hash of it.",
	  "shopcore gift-card issue 5000 --note birthday" },
	{ "gift-card", "show", "CODE", "", NEEDS_SHOP, run_gift_card_show, "show what is on a gift card",
	  "\"-\" reads the code from standard input, so that no list of processes shows it.",
	  "shopcore gift-card show 7KQ2-9M4D-XW3F-T6AB\nshopcore gift-card show - <code.txt" },
	{ "credit", "grant", "USER AMOUNT", "--currency=C --reason=TEXT --key=K", NEEDS_SHOP, run_credit_grant,
	  "give a customer store credit, or take some back",
	  "AMOUNT is in minor units (cents), below 0 to take back. --key makes a repeat harmless.",
	  "shopcore credit grant ada 500 --reason \"came late\" --key ticket-78\nshopcore credit grant ada -200" },
	{ "credit", "show", "USER", "--currency=C --limit=N", NEEDS_SHOP, run_credit_show,
	  "show a customer's store credit and what moved it, newest first", NULL, "shopcore credit show ada" },

	{ "token", "create", "ROLE WHO", "--scopes=S,S --hours=N --note=TEXT", NEEDS_SHOP, run_token_create,
	  "let somebody call the shop over the network",
	  "ROLE is customer, seller or admin; WHO the customer's or seller's id. The token is shown this once; the "
	  "shop\n"
	  "keeps a hash of it. It ends after --hours, otherwise never. --scopes are the server's, such as "
	  "catalog,cart;\n"
	  "without any it reaches nothing, * is all.",
	  "shopcore token create customer ada --scopes catalog,cart,checkout,orders --hours 720\n"
	  "shopcore token create admin office --scopes \"*\" --note \"the back office\"" },
	{ "token", "list", "", "--limit=N --cursor=C", NEEDS_SHOP, run_token_list, "list tokens, without their text",
	  NULL, "shopcore token list" },
	{ "token", "revoke", "TOKEN-ID", "", NEEDS_SHOP, run_token_revoke, "make a token good for nothing",
	  "Servers that run notice within a second.", "shopcore token revoke 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11" },
	{ "token", "rotate", "TOKEN-ID", "--grace=HOURS", NEEDS_SHOP, run_token_rotate,
	  "make a new token in place of one",
	  "The new one has the same role, scopes and lifetime. The old one works for --grace hours more, otherwise no\n"
	  "longer.",
	  "shopcore token rotate 0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11 --grace 24" },

	{ "tick", NULL, "", "--wait=SECONDS", ALL, run_tick, "do what is due without anybody asking",
	  "Holds that lapsed, payments that went silent, refunds, the search index. --wait goes on until nothing is\n"
	  "due any more, for at most so many seconds.",
	  "shopcore tick\nshopcore tick --wait 5" },
	{ "verify", NULL, "", "", NEEDS_SHOP, run_verify, "compare stock, holds, orders and journal with each other",
	  "Prints what does not fit; then the exit code is 4.", "shopcore verify" },
	{ "demo", NULL, "", "", 0, run_demo, "one purchase in memory, from search to delivered", NULL,
	  "shopcore demo" },
	{ "completion", "bash", "", "", 0, run_completion_bash, "print a script that lets bash complete these verbs",
	  "Installed packages bring it along.",
	  "shopcore completion bash >~/.local/share/bash-completion/completions/shopcore\n"
	  "eval \"$(shopcore completion bash)\"" },
	{ "completion", "zsh", "", "", 0, run_completion_zsh, "print a script that lets zsh complete these verbs",
	  "Put it into a folder of $fpath, under the name _shopcore. Installed packages bring it along.",
	  "shopcore completion zsh >~/.zfunc/_shopcore" },
	{ "manual", NULL, "", "", 0, run_manual, "print the manual page", NULL, "shopcore manual | man -l -" },
};

const size_t verb_count = sizeof(verbs) / sizeof(verbs[0]);

const struct verb *verb_find(const char *noun, const char *name)
{
	for (size_t i = 0; i < verb_count; i++) {
		const struct verb *verb = &verbs[i];
		if (strcmp(verb->noun, noun) != 0)
			continue;
		if (verb->name == NULL || (name != NULL && strcmp(verb->name, name) == 0))
			return verb;
	}
	return NULL;
}

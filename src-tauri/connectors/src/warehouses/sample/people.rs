//! Names, companies and places of the sample's leads. All of them are invented, and every address ends in
//! `.example`, which is nobody's (RFC 2606).

/// Where a lead may live. Names are written `as shown|as in an address`; the second where they differ.
pub(super) struct Region {
    pub(super) country: &'static str,
    /// How many of every hundred leads.
    pub(super) share: i64,
    pub(super) dial: &'static str,
    pub(super) cities: &'static [&'static str],
    pub(super) first: &'static [&'static str],
    pub(super) last: &'static [&'static str],
    pub(super) companies: &'static [&'static str],
}

#[rustfmt::skip]
pub(super) static REGIONS: &[Region] = &[
    Region {
        country: "United States", share: 26, dial: "+1 555 01",
        cities: &["Austin", "Portland", "Chicago", "Denver", "Atlanta", "Brooklyn"],
        first: &["Maya", "Ethan", "Grace", "Tyrell", "Hannah", "Diego", "Naomi", "Caleb", "Priya", "Marcus", "Olivia", "Jamal", "Sofia", "Wyatt", "Aaliyah", "Nathan"],
        last: &["Brooks", "Nguyen", "Carter", "Ramirez", "O’Connor|oconnor", "Washington", "Patel", "Kim", "Fischer", "Jackson", "Delgado", "Sullivan", "Bennett", "Okafor", "Reed", "Hughes"],
        companies: &["Brightwater Labs", "Copperline", "Redwood Freight", "Juniper & Pike", "Lakeshore Dental", "Northgate Robotics", "Tandem Coffee", "Vela Software", "Prairie Solar", "Hopscotch Toys"],
    },
    Region {
        country: "Germany", share: 13, dial: "+49 30 5550",
        cities: &["Berlin", "Hamburg", "München", "Köln", "Leipzig"],
        first: &["Jürgen|juergen", "Anneliese", "Lukas", "Katharina", "Björn|bjoern", "Emre", "Greta", "Moritz", "Zeynep", "Felix", "Sabine", "Jonas"],
        last: &["Müller|mueller", "Schäfer|schaefer", "Weiß|weiss", "Hoffmann", "Yıldız|yildiz", "Krüger|krueger", "Vogel", "Becker", "Lindner", "Groß|gross", "Sommer", "Köhler|koehler"],
        companies: &["Nordlicht Energie", "Apfelkern Digital", "Rheinwerk Logistik", "Blaufuchs", "Kaffeewerk Mitte", "Elbtal Medizin", "Sternwarte Software", "Waldhaus Möbel|waldhaus-moebel"],
    },
    Region {
        country: "Brazil", share: 11, dial: "+55 11 5550 ",
        cities: &["São Paulo", "Curitiba", "Recife", "Belo Horizonte", "Florianópolis"],
        first: &["João|joao", "Ana", "Thiago", "Beatriz", "Luísa|luisa", "Rafael", "Camila", "Antônio|antonio", "Larissa", "Gustavo", "Inês|ines", "Caio"],
        last: &["Souza", "Gonçalves|goncalves", "Araújo|araujo", "Ferreira", "Conceição|conceicao", "Barbosa", "Lima", "Rocha", "Magalhães|magalhaes", "Teixeira", "Pinto", "Nunes"],
        companies: &["Florarte", "Café Serrano|cafe-serrano", "Mangue Tech", "Boa Vista Seguros", "Lumina Educação|lumina-educacao", "Praia Norte", "Onda Pagamentos", "Cerrado Agro"],
    },
    Region {
        country: "Japan", share: 10, dial: "+81 3 5550 ",
        cities: &["東京", "大阪", "福岡", "札幌", "京都"],
        first: &["陽菜|hina", "蓮|ren", "結衣|yui", "大翔|hiroto", "さくら|sakura", "悠真|yuma", "美咲|misaki", "健太|kenta", "葵|aoi", "翔太|shota"],
        last: &["佐藤|sato", "中村|nakamura", "高橋|takahashi", "山本|yamamoto", "小林|kobayashi", "渡辺|watanabe", "伊藤|ito", "松本|matsumoto", "清水|shimizu", "森|mori"],
        companies: &["青空システム|aozora-systems", "さくら物流|sakura-logistics", "みなとデザイン|minato-design", "富士見エナジー|fujimi-energy", "こもれびカフェ|komorebi-cafe", "星野製作所|hoshino-works"],
    },
    Region {
        country: "India", share: 12, dial: "+91 80 5550 ",
        cities: &["Bengaluru", "Pune", "Hyderabad", "Chennai", "Jaipur"],
        first: &["Aarav", "Diya", "Rohan", "Ishita", "Kabir", "Meera", "Arjun", "Ananya", "Vikram", "Lakshmi", "Farhan", "Nandini"],
        last: &["Sharma", "Iyer", "Reddy", "Banerjee", "Khan", "Deshpande", "Nair", "Gupta", "Chatterjee", "Joshi", "Menon", "Bose"],
        companies: &["Monsoon Analytics", "Banyan Health", "Saffron Retail", "Kaveri Textiles", "Peacock Mobility", "Nilgiri Teas", "Chakra Payments", "Lotus Learning"],
    },
    Region {
        country: "France", share: 9, dial: "+33 1 55 50 ",
        cities: &["Paris", "Lyon", "Nantes", "Marseille", "Lille"],
        first: &["Zoé|zoe", "François|francois", "Chloé|chloe", "Mathis", "Élodie|elodie", "Hugo", "Aïcha|aicha", "Benoît|benoit", "Margaux", "Youssef"],
        last: &["Lefèvre|lefevre", "Dubois", "Bérard|berard", "Moreau", "D’Arcy|darcy", "Benali", "Garnier", "Chevalier", "Noël|noel", "Rousseau"],
        companies: &["Maison Clairval", "Atelier Brume", "Vignes & Terroirs|vignes-terroirs", "Ciel Bleu Mobilité|ciel-bleu", "Pâtisserie Lune|patisserie-lune", "Hexagone Data"],
    },
    Region {
        country: "Poland", share: 6, dial: "+48 22 555 0",
        cities: &["Warszawa", "Kraków", "Wrocław", "Gdańsk", "Łódź"],
        first: &["Łukasz|lukasz", "Małgorzata|malgorzata", "Paweł|pawel", "Agnieszka", "Jakub", "Zofia", "Michał|michal", "Kasia"],
        last: &["Wiśniewski|wisniewski", "Dąbrowska|dabrowska", "Zieliński|zielinski", "Wójcik|wojcik", "Kamiński|kaminski", "Szymańska|szymanska", "Jabłoński|jablonski", "Król|krol"],
        companies: &["Bursztyn Soft", "Wisła Cargo|wisla-cargo", "Zielony Dom", "Tatra Outdoor", "Chmura IT"],
    },
    Region {
        country: "Nigeria", share: 5, dial: "+234 1 555 0",
        cities: &["Lagos", "Abuja", "Ibadan", "Port Harcourt"],
        first: &["Chidi", "Amara", "Tunde", "Ngozi", "Ṣadé|sade", "Emeka", "Zainab", "Kelechi"],
        last: &["Adeyemi", "Okonkwo", "Balogun", "Eze", "Ibrahim", "Nwosu", "Ogunleye", "Abubakar"],
        companies: &["Harmattan Foods", "Eko Pay", "Palmgrove Health", "Sahel Logistics", "Kola Studios"],
    },
    Region {
        country: "Egypt", share: 4, dial: "+20 2 5550 ",
        cities: &["القاهرة", "الإسكندرية", "الجيزة"],
        first: &["ليلى|layla", "أحمد|ahmed", "مريم|mariam", "عمر|omar", "نور|nour", "يوسف|youssef"],
        last: &["حسن|hassan", "منصور|mansour", "فاروق|farouk", "سليمان|soliman", "شريف|sherif", "نجيب|naguib"],
        companies: &["شركة النيل|nile-trading", "واحة التقنية|oasis-tech", "Lotus Cairo", "Papyrus Print"],
    },
    Region {
        country: "Sweden", share: 4, dial: "+46 8 555 0",
        cities: &["Stockholm", "Göteborg", "Malmö", "Umeå"],
        first: &["Åsa|asa", "Björn|bjorn", "Elin", "Nils", "Märta|marta", "Oskar", "Linnéa|linnea", "Ali"],
        last: &["Lindström|lindstrom", "Bergqvist", "Åkesson|akesson", "Sjöberg|sjoberg", "Nyström|nystrom", "Holm", "Dahl", "Haddad"],
        companies: &["Norrsken Games", "Fjäll & Fika|fjall-fika", "Skärgård Marin|skargard-marin", "Tallkotte"],
    },
];

pub(super) static TITLES: &[&str] = &[
    "Marketing Manager",
    "Head of Growth",
    "Founder",
    "Product Manager",
    "Sales Director",
    "Operations Lead",
    "Data Analyst",
    "Customer Success Manager",
    "CTO",
    "Office Manager",
];

pub(super) static INDUSTRIES: &[&str] = &[
    "Software",
    "Retail",
    "Logistics",
    "Health",
    "Energy",
    "Education",
    "Finance",
    "Food",
    "Design",
    "Manufacturing",
];

pub(super) static SOURCES: &[&str] =
    &["Webinar", "Organic search", "Partner", "Product sign-up", "Trade fair", "Referral", "Newsletter"];

pub(super) static STATUSES: &[&str] = &["New", "Working", "Nurturing", "Qualified", "Unqualified"];

pub(super) static PLANS: &[(&str, i64)] = &[("Free", 3), ("Team", 12), ("Business", 45), ("Enterprise", 240)];

pub(super) static TEAMS: &[&str] =
    &["Growth", "Marketing", "Launch", "Sales", "Studio", "Ops", "Research", "Events"];

pub(super) static LANDING_PAGES: &[&str] =
    &["/", "/pricing", "/blog/lead-scoring", "/features/schedules", "/customers", "/docs/first-sync"];

pub(super) static CAMPAIGNS: &[&str] = &["black-week", "spring-launch", "retargeting", "newsletter-46"];

shopcore init
sqlite3 -readonly shop.db "VACUUM INTO 'shop-backup.db'"
shopcore --shop sqlite:shop-backup.db verify
